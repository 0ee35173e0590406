// The error page is whole without this. A sign-in that is refused as repeated or unknown has often
// worked a moment before (a second click, the back button, another tab); then this page says so. And
// who was connecting a provider is still signed in and goes back to the account.

import { byId } from '../dom.js';
import { LatchkeyClient } from '../latchkey-client.js';

const OFTEN_SIGNED_IN = ['state_replayed', 'state_invalid'];
const FROM_ACCOUNT = ['identity_in_use', 'identity_mismatch'];

const { code } = document.querySelector('main').dataset;

async function offerToGoOn() {
  const account = await new LatchkeyClient().account().catch(() => null);
  if (account === null) return;
  byId('signed-in').hidden = FROM_ACCOUNT.includes(code);
  if (!FROM_ACCOUNT.includes(code)) return;
  byId('login').textContent = 'Back to your account';
  byId('login').href = '/account';
}

if (OFTEN_SIGNED_IN.includes(code) || FROM_ACCOUNT.includes(code)) offerToGoOn();
