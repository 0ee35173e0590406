// The demo page, an application in miniature: it asks who is signed in, shows the buttons or the
// account, and signs out.

import '../latchkey-buttons.js';
import { personOf } from './avatar.js';
import { byId, showAlert, showState, whileBusy } from '../dom.js';
import { LatchkeyClient } from '../latchkey-client.js';
import { passwordForm } from './password-form.js';

const latchkey = new LatchkeyClient();

async function refresh() {
  try {
    const account = await latchkey.account();
    showAlert(byId('page-alert'), null);
    if (account) {
      byId('person').replaceChildren(...personOf(account));
      byId('account-json').textContent = JSON.stringify(account, null, 2);
    }
    showState(account ? 'signed-in' : 'signed-out');
  } catch (error) {
    showAlert(byId('page-alert'), error.detail);
    showState('signed-out');
  }
}

byId('password-form').append(passwordForm(latchkey, refresh));
byId('sign-out').addEventListener('click', ({ currentTarget }) =>
  whileBusy(currentTarget, async () => {
    try {
      await latchkey.logout();
      await refresh();
    } catch (error) {
      showAlert(byId('page-alert'), error.detail);
    }
  }),
);
addEventListener('pageshow', (event) => event.persisted && refresh());
refresh();
