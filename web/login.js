// The login page: the buttons, the password form, and where to go on. Someone who is signed in
// already is told so instead of being asked again.

import './latchkey-buttons.js';
import { personOf } from './avatar.js';
import { byId, continueUrl, showAlert, showState, whileBusy } from './dom.js';
import { LatchkeyClient } from './latchkey-client.js';
import { passwordForm } from './password-form.js';

const latchkey = new LatchkeyClient();
const goOn = continueUrl('/account');

async function showWhoIsSignedIn() {
  try {
    const account = await latchkey.account();
    showAlert(byId('page-alert'), null);
    if (account) byId('person').replaceChildren(...personOf(account));
    showState(account ? 'signed-in' : 'signed-out');
  } catch (error) {
    // The form stays: the service may be back by the time it is filled in.
    showAlert(byId('page-alert'), error.detail);
  }
}

const next = new URLSearchParams(location.search).get('next');
if (next) document.querySelector('latchkey-buttons').setAttribute('next', next);
byId('password-form').append(passwordForm(latchkey, () => location.assign(goOn)));
byId('continue').href = goOn;
byId('sign-out').addEventListener('click', ({ currentTarget }) =>
  whileBusy(currentTarget, async () => {
    try {
      await latchkey.logout();
      await showWhoIsSignedIn();
    } catch (error) {
      showAlert(byId('page-alert'), error.detail);
    }
  }),
);
addEventListener('pageshow', (event) => event.persisted && showWhoIsSignedIn());
showWhoIsSignedIn();
