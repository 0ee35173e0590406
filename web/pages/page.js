// What the pages of accounts have in common: one client, loading with a way to try again, links that
// keep `next`, and moving the focus along with what is shown.

import { byId, continueUrl, loginPageFor, showAlert, showState, whileBusy, withNext } from '../dom.js';
import { LatchkeyClient } from '../latchkey-client.js';
import { keepAddress } from './address.js';
import { personOf } from './avatar.js';
import { sentenceOf } from './sentences.js';

export const latchkey = new LatchkeyClient();

// Where the visitor was going, as the address of this page says, if it says anything.
export const next = new URLSearchParams(location.search).get('next') ?? undefined;

// Where somebody who is signed in goes on from here; the service knows where when nothing is said.
export const goOn = continueUrl('/auth/continue');

// Shows a state that answers what the visitor has just done: its heading takes the focus, so that
// the keyboard goes on from there and a screen reader reads it.
export function turnTo(state) {
  showState(state);
  document.querySelector(`[data-state="${state}"] h1`)?.focus();
}

// Runs `load` and says when it cannot; "Try again" runs it once more.
export function loadPage(load) {
  const attempt = async () => {
    try {
      await load();
    } catch (error) {
      showAlert(byId('unavailable-alert'), sentenceOf(error));
      showState('unavailable');
    }
  };
  byId('retry')?.addEventListener('click', ({ currentTarget }) => whileBusy(currentTarget, attempt));
  return attempt();
}

// Links between the pages hand `next` on, and the address that was typed.
export function keepNext() {
  for (const link of document.querySelectorAll('a[data-keeps-next]')) {
    link.addEventListener('click', () => keepAddress(byId('email')?.value));
    link.href = withNext(link.href, next);
  }
  if (next) document.querySelector('latchkey-buttons')?.setAttribute('next', next);
}

// The state `signed-in` of the pages that are for those who are not.
export function showSignedIn(account) {
  byId('person').replaceChildren(...personOf(account));
  byId('continue').href = goOn;
  showState('signed-in');
}

// What the service answered to a mailed link: `email`, whose it was, and `next`, where its reader was
// going. The button that leads on from there goes through the sign-in unless somebody is signed in in
// this browser. Answers their account, or null.
export async function showWayOn(done, { email, next: to }) {
  const account = await latchkey.account().catch(() => null);
  if (account) leadOn('Continue to your account', '/account');
  else leadOn('Sign in', loginPageFor(to, { done }), email);
  return account;
}

export function leadOn(text, href, email = null) {
  const link = byId('go-on');
  link.textContent = text;
  link.href = href;
  link.onclick = () => keepAddress(email);
}
