// What the pages of accounts have in common: one client, loading with a way to try again, links that
// keep `next`, and moving the focus along with what is shown.

import { byId, continueUrl, showAlert, showState, whileBusy } from '../dom.js';
import { LatchkeyClient } from '../latchkey-client.js';
import { personOf } from './avatar.js';
import { sentenceOf } from './sentences.js';

export const latchkey = new LatchkeyClient();

// Where somebody who is signed in goes on from here.
export const goOn = continueUrl('/account');

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

// Links between the pages hand `next` on.
export function keepNext() {
  const next = new URLSearchParams(location.search).get('next');
  if (!next) return;
  for (const link of document.querySelectorAll('a[data-keeps-next]')) {
    link.search = new URLSearchParams({ next });
  }
  document.querySelector('latchkey-buttons')?.setAttribute('next', next);
}

// The state `signed-in` of the pages that are for those who are not.
export function showSignedIn(account) {
  byId('person').replaceChildren(...personOf(account));
  byId('continue').href = goOn;
  showState('signed-in');
}

// The button that leads on from a page that was opened by a mailed link; answers the account of this
// browser, or null.
export async function showWayOn(message) {
  const account = await latchkey.account().catch(() => null);
  byId('go-on').textContent = account ? 'Continue to your account' : 'Sign in';
  byId('go-on').href = account ? '/account' : `/login?done=${message}`;
  return account;
}
