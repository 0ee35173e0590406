// Latchkey's JSON API for a page: its own pages use this module, and so may any single-page
// application, from this origin or from one in `spa.origins`.
//
//   import { LatchkeyClient } from 'https://login.example.com/auth/assets/latchkey-client.js';
//   const latchkey = new LatchkeyClient({ base: 'https://login.example.com' });
//   const account = await latchkey.account();          // null when signed out
//   await latchkey.login({ email, password, remember: true });
//
// Every failure is a LatchkeyError. A service that is down is a failure, never "signed out".

const REQUEST_TIMEOUT_MS = 20_000;

// Completions under way or done, by state, for all clients of the page.
const completions = new Map();

export class LatchkeyError extends Error {
  // `code` is stable and meant for programs; `detail` is a sentence for a person; `status` is the
  // HTTP status, 0 when there was no answer; `errors` maps form fields to lists of sentences;
  // `retryAfter` is in seconds or null.
  constructor({ code, detail, status = 0, errors = {}, retryAfter = null }) {
    super(detail);
    this.name = 'LatchkeyError';
    this.code = code;
    this.detail = detail;
    this.status = status;
    this.errors = errors;
    this.retryAfter = retryAfter;
  }

  // Whether the same request may work later: no answer, or a service or provider that is down.
  get temporary() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export class LatchkeyClient {
  #base;
  #csrfCookie;
  #csrfHeader;

  // `base` is the service's origin; empty for pages of that origin itself. The two names are those
  // of `csrf.cookie_name` and `csrf.header_name` in the service's configuration.
  constructor({ base = '', csrfCookie = 'csrftoken', csrfHeader = 'X-CSRFToken' } = {}) {
    this.#base = new URL(base || '/', document.baseURI);
    this.#csrfCookie = csrfCookie;
    this.#csrfHeader = csrfHeader;
  }

  // [{id, label, login_url}], with login_url absolute.
  async providers() {
    const { providers } = await this.#send('GET', '/auth/providers');
    return (Array.isArray(providers) ? providers : []).map((provider) => ({
      ...provider,
      login_url: new URL(provider.login_url, this.#base).href,
    }));
  }

  // {signup, mail, email_verification, password_min_length, mail_interval}: what may be offered here.
  async settings() {
    return this.#send('GET', '/auth/settings');
  }

  // The signed-in user, or null.
  async account() {
    try {
      return await this.#send('GET', '/api/account/');
    } catch (error) {
      if (error.code === 'not_authenticated') return null;
      throw error;
    }
  }

  // {email or username, password, remember?}
  async login({ email, username, password, remember = false }) {
    return this.#change('POST', '/api/login/', { email, username, password, remember });
  }

  // `everywhere` ends the user's sessions in other browsers too.
  async logout({ everywhere = false } = {}) {
    return this.#change('POST', everywhere ? '/api/logout/?everywhere=1' : '/api/logout/');
  }

  // Any route of the API by its path, the administration's among them; with the CSRF token when it
  // changes something.
  async request(method, path, body) {
    return method === 'GET' ? this.#send(method, path) : this.#change(method, path, body);
  }

  // For `spa.callback = "spa"`: posts what the provider returned to the application's own callback
  // page. Answers {status: "signed_in", next, user} or {status: "pending", pending}. A state works
  // once, so a second call for it (React's StrictMode mounts twice) shares the first one's answer;
  // only a failure that may pass, such as a lost connection, lets the next call try again.
  completeSocial(provider, { code, state, iss }) {
    if (!completions.has(state)) {
      const completion = this.#completeOnce(provider, { code, state, iss });
      completions.set(state, completion);
      completion.catch((error) => error.temporary && completions.delete(state));
    }
    return completions.get(state);
  }

  // The sign-in that waits for a proof, or null: {provider, email, reason, methods, expires_in,
  // code_sent_to, code_expires_in, code_tries_left, resend_in}, times in seconds.
  async pendingSignIn() {
    try {
      return await this.#send('GET', '/api/social/pending/');
    } catch (error) {
      if (error.code === 'no_pending_sign_in') return null;
      throw error;
    }
  }

  // Mails a code, to the provider's address unless another is given. Answers as pendingSignIn().
  async sendPendingCode(email) {
    return (await this.#change('POST', '/api/social/pending/email/', { email })).pending;
  }

  // {code} or {password}; answers {next, user} of the session that begins.
  async confirmPending({ code, password }) {
    return this.#change('POST', '/api/social/pending/confirm/', { code, password });
  }

  // {email, password, name?}. The answer is the same whether or not the address has an account; a
  // mail to it tells what comes next.
  async signUp({ email, password, name, next }) {
    return this.#change('POST', '/api/signup/', { email, password, name, next });
  }

  // `token` of a mailed link, at sign-up or for a new address.
  async verifyEmail(token) {
    return this.#change('POST', '/api/email/verify/', { token });
  }

  // Mails the link of a sign-up again, if the address waits for it; the answer is the same for every
  // address. Without one: that of the signed-in user.
  async sendVerificationAgain(email) {
    return this.#change('POST', '/api/email/verify/resend/', { email });
  }

  // Mails a link to the new address, which takes effect when that is used. Needs a recent login.
  async changeEmail(email) {
    return this.#change('POST', '/api/email/change/', { email });
  }

  // Without a password so far there is no current one to give.
  async changePassword({ currentPassword, newPassword }) {
    const body = { current_password: currentPassword, new_password: newPassword };
    return this.#change('POST', '/api/password/change/', body);
  }

  // The answer is the same for every address.
  async requestPasswordReset(email, { next } = {}) {
    return this.#change('POST', '/api/password/reset/', { email, next });
  }

  async resetPassword({ token, password }) {
    return this.#change('POST', '/api/password/reset/confirm/', { token, password });
  }

  // Makes the login recent again, which is what `reauthentication_required` asks for.
  async reauthenticate(password) {
    return this.#change('POST', '/api/reauthenticate/', { password });
  }

  // The same through a provider that is connected: where to send the browser.
  reauthenticationUrl(provider, next) {
    const url = new URL(`/auth/${encodeURIComponent(provider)}/login`, this.#base);
    url.search = new URLSearchParams({ intent: 'reauthenticate', next });
    return url.href;
  }

  // Where to send the browser to connect a provider to the account. Needs a recent login.
  async connectUrl(provider, next) {
    const path = `/api/identities/${encodeURIComponent(provider)}/`;
    return (await this.#change('POST', path, { next })).authorize_url;
  }

  // By the identity's id. Needs a recent login; `last_login_method` for the only way in.
  async disconnect(id) {
    return this.#change('DELETE', `/api/identities/${encodeURIComponent(id)}/`);
  }

  // After connectUrl() has ended in `identity_in_use`: what making the other account part of this one
  // would change. {other: {id, email, name, has_password, …}, report: {moved, conflicts}}. Needs a
  // recent login, as doing it does; `no_merge_offer` ten minutes after.
  async previewMerge() {
    return this.#change('POST', '/api/account/merge/', {});
  }

  // `takePassword`: the other account's, if this one has none.
  async mergeAccounts({ takePassword = false } = {}) {
    const body = { confirm: true, password: takePassword ? 'take' : 'keep' };
    return this.#change('POST', '/api/account/merge/', body);
  }

  // Where the user is signed in: [{id, device, ip, method, method_label, remember, created_at,
  // last_seen_at, expires_at, current}].
  async sessions() {
    return (await this.#send('GET', '/api/sessions/')).sessions;
  }

  async endSession(id) {
    return this.#change('DELETE', `/api/sessions/${encodeURIComponent(id)}/`);
  }

  // Answers how many there were.
  async endOtherSessions() {
    return (await this.#change('DELETE', '/api/sessions/')).ended;
  }

  async #completeOnce(provider, answer) {
    const path = `/api/social/${encodeURIComponent(provider)}/`;
    const body = await this.#change('POST', path, answer);
    if (body.code === 'pending') return { status: 'pending', pending: body.pending };
    return { status: 'signed_in', next: body.next, user: body.user };
  }

  // A request that changes something carries the CSRF token. The token changes with every sign-in
  // and sign-out, also those in another tab, so a refused one is fetched anew and tried once more.
  async #change(method, path, body) {
    const token = this.#tokenFromCookie() ?? (await this.#fetchToken());
    try {
      return await this.#send(method, path, body, token);
    } catch (error) {
      if (error.code !== 'csrf_failed') throw error;
      return await this.#send(method, path, body, await this.#fetchToken());
    }
  }

  // On the service's own origin the cookie is always the newest token; another origin cannot read it.
  #tokenFromCookie() {
    if (this.#base.origin !== location.origin) return null;
    const name = `${this.#csrfCookie}=`;
    const cookie = document.cookie.split('; ').find((item) => item.startsWith(name));
    return cookie ? cookie.slice(name.length) : null;
  }

  async #fetchToken() {
    const { csrfToken } = await this.#send('GET', '/api/login-set-cookie/');
    return csrfToken ?? this.#tokenFromCookie();
  }

  async #send(method, path, body, csrfToken) {
    const headers = { Accept: 'application/json' };
    if (csrfToken) headers[this.#csrfHeader] = csrfToken;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    let response;
    try {
      response = await fetch(new URL(path, this.#base), {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        credentials: 'include',
        cache: 'no-store',
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
    } catch {
      throw new LatchkeyError({
        code: 'network_error',
        detail: 'The sign-in service could not be reached. Check your connection and try again.',
      });
    }
    return readAnswer(response);
  }
}

async function readAnswer(response) {
  const answer = await response.json().catch(() => null);
  if (response.ok && answer !== null) return answer;
  const formErrors = answer?.non_field_errors;
  throw new LatchkeyError({
    code: answer?.code ?? codeOfStatus(response.status, answer),
    detail:
      formErrors?.[0] ??
      answer?.detail ??
      'The sign-in service gave an answer that could not be read. Try again in a moment.',
    status: response.ok ? 502 : response.status,
    errors: answer?.errors ?? (formErrors ? { non_field_errors: formErrors } : {}),
    retryAfter: Number(response.headers.get('Retry-After')) || null,
  });
}

// The anonymous answer of REST frameworks has no code. A page of a proxy is no answer of the service
// and must not make anyone look signed out.
function codeOfStatus(status, answer) {
  return status === 403 && answer !== null ? 'not_authenticated' : 'unexpected_answer';
}
