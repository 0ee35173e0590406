// What the pages and the buttons share: making elements, showing one of a page's states, saying
// what went wrong. Text is always set as text, never as markup.

// Facebook adds this fragment to every redirect of its own, and browsers carry it on to the page
// where the sign-in ends.
if (typeof location !== 'undefined' && location.hash === '#_=_') {
  history.replaceState(history.state, '', location.pathname + location.search);
}

export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(key, '');
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

export const byId = (id) => document.getElementById(id);

// A page's states are the [data-state] children of <main>; exactly one is seen.
export function showState(name) {
  for (const section of document.querySelectorAll('[data-state]')) {
    section.hidden = section.dataset.state !== name;
  }
}

// Says it in the page's role=alert region, which screen readers read out; null empties it.
export function showAlert(region, sentence) {
  region.textContent = sentence ?? '';
  region.hidden = !sentence;
}

// Runs an action behind a button, which cannot be pressed twice meanwhile.
export async function whileBusy(button, action) {
  if (button.getAttribute('aria-busy') === 'true') return undefined;
  button.setAttribute('aria-busy', 'true');
  try {
    return await action();
  } finally {
    button.removeAttribute('aria-busy');
  }
}

// Where this page may send the browser by itself: a path of this origin. Browsers read a backslash
// as a slash and drop tabs and line feeds, so "/\evil.example" is no path (SECURITY rule 10).
export function isLocalPath(target) {
  return /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(target ?? '');
}

// The `next` of this page's address. An absolute one is for the service to judge, which knows the
// origins that are allowed.
export function continueUrl(fallback) {
  const next = new URLSearchParams(location.search).get('next');
  if (!next) return fallback;
  return isLocalPath(next) ? next : `/auth/continue?next=${encodeURIComponent(next)}`;
}

// `address` of a page with `next`, where it is to lead on to. To a page of another origin a path would
// be one of its own.
export function withNext(address, next) {
  const page = new URL(address, location.origin);
  const foreign = page.origin !== location.origin;
  if (next) page.searchParams.set('next', foreign && isLocalPath(next) ? location.origin + next : next);
  return page.href;
}

// Where visitors sign in here, which may be a page of the application (web/pages/parts/head.html).
// `done`: what they have just done, for the built-in page to say.
export function loginPageFor(next, { done } = {}) {
  const configured = document.querySelector('meta[name="latchkey-login-page"]').content;
  const page = new URL(configured, location.origin);
  if (done) page.searchParams.set('done', done);
  return withNext(page, next);
}
