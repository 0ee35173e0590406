// The error page is whole without this. A sign-in that is refused as repeated or unknown has often
// worked a moment before (a second click, the back button, another tab); then this page says so. And
// who was connecting a provider is still signed in: they go back to the account, and if the provider
// opens another account of theirs, the two can be made one.

import { byId } from '../dom.js';
import { LatchkeyClient } from '../latchkey-client.js';

const OFTEN_SIGNED_IN = ['state_replayed', 'state_invalid'];
const FROM_ACCOUNT = ['identity_in_use', 'identity_mismatch'];

const { code } = document.querySelector('main').dataset;

async function offerToGoOn() {
  const account = await new LatchkeyClient().account().catch(() => null);
  if (account === null) return;
  if (!FROM_ACCOUNT.includes(code)) {
    byId('signed-in').hidden = false;
    return;
  }
  byId('login').textContent = 'Back to your account';
  byId('login').href = '/account';
  if (code === 'identity_in_use') offerMerge();
}

// Trying again would sign in to the other account, and leave this one.
function offerMerge() {
  byId('retry')?.remove();
  byId('merge-offer').hidden = false;
  byId('merge').hidden = false;
}

if (OFTEN_SIGNED_IN.includes(code) || FROM_ACCOUNT.includes(code)) offerToGoOn();
