// The error page is whole without this. A sign-in that is refused as repeated or unknown has often
// worked a moment before (a second click, the back button, another tab); then this page says so.

import { byId } from '../dom.js';
import { LatchkeyClient } from '../latchkey-client.js';

const OFTEN_SIGNED_IN = ['state_replayed', 'state_invalid'];

async function offerToContinue() {
  const account = await new LatchkeyClient().account().catch(() => null);
  byId('signed-in').hidden = account === null;
}

if (OFTEN_SIGNED_IN.includes(document.querySelector('main').dataset.code)) offerToContinue();
