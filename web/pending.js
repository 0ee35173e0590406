// The page of a sign-in that may not enter yet: the provider has said who this is, and something
// about the e-mail address is missing. It says what, and which ways in are open.

import './latchkey-buttons.js';
import { byId, element, showAlert, showState, whileBusy } from './dom.js';
import { LatchkeyClient } from './latchkey-client.js';

const latchkey = new LatchkeyClient();

const WITH_PASSWORD = 'If you have an account here, sign in with its password.';
const WITH_ANOTHER = 'Or use another provider, one that confirms your address.';

// What each reason says; `ways` are the things a visitor can do about it now.
const REASONS = {
  email_missing: ({ provider }) => ({
    title: `${provider} shared no e-mail address`,
    what: `${provider} has told us who you are, but not your e-mail address.`,
    why: 'An account here needs an address that is known to be yours, so you are not signed in yet.',
    ways: [
      `Start again with ${provider} and allow it to share your e-mail address, if it asks.`,
      WITH_PASSWORD,
      WITH_ANOTHER,
    ],
  }),
  email_unverified: ({ provider, email }) => ({
    title: 'Your e-mail address is not confirmed',
    what: `${provider} gave us the address ${email}, but did not confirm that it is yours.`,
    why: 'Without that, anyone could enter with your address, so you are not signed in yet.',
    ways: [WITH_PASSWORD, WITH_ANOTHER],
  }),
  account_exists: ({ provider, email }) => ({
    title: 'You already have an account',
    what: `There is an account for ${email}, and ${provider} is not connected to it yet.`,
    why: `${provider} is not the one that hands out this address, so its word alone does not open the account.`,
    ways: ["Sign in with the account's password.", 'Or use the provider that you signed in with before.'],
  }),
};

const UNKNOWN_REASON = ({ provider }) => ({
  title: 'One more step',
  what: `${provider} has told us who you are, but your sign-in is not complete.`,
  why: 'A proof of your e-mail address is missing, so you are not signed in yet.',
  ways: [WITH_PASSWORD, WITH_ANOTHER],
});

async function load() {
  try {
    const pending = await latchkey.pendingSignIn();
    if (pending === null) showState('nothing');
    else await showPending(pending);
  } catch (error) {
    showAlert(byId('unavailable-alert'), error.detail);
    showState('unavailable');
  }
}

async function showPending({ provider, email, reason }) {
  const providers = await latchkey.providers();
  const label = providers.find(({ id }) => id === provider)?.label ?? provider;
  const describe = Object.hasOwn(REASONS, reason) ? REASONS[reason] : UNKNOWN_REASON;
  const { title, what, why, ways } = describe({ provider: label, email });
  byId('title').textContent = title;
  byId('what').textContent = what;
  byId('why').textContent = why;
  byId('ways').replaceChildren(...ways.map((way) => element('li', {}, way)));
  showOtherProviders(providers, reason === 'email_missing' ? null : provider);
  showState('pending');
}

// The same provider would come to the same end, unless it was only asked to share less.
function showOtherProviders(providers, except) {
  const others = providers.map(({ id }) => id).filter((id) => id !== except);
  byId('others').hidden = others.length === 0;
  document.querySelector('latchkey-buttons').setAttribute('providers', others.join(' '));
}

byId('retry').addEventListener('click', ({ currentTarget }) => whileBusy(currentTarget, load));
load();
