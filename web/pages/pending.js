// The page of a sign-in that may not enter yet: the provider has said who this is, and a proof about
// the e-mail address is missing. It says what and why, and takes the proof: a mailed code, or the
// password of the account that exists. A mailed link opens it with `#code=…`, in any browser.

import '../latchkey-buttons.js';
import { byId, showAlert, showState } from '../dom.js';
import { takeFromFragment } from './fragment.js';
import { latchkey, loadPage, turnTo } from './page.js';
import { codeForm, sendForm } from './pending-code.js';
import { passwordProof } from './pending-password.js';

const REASONS = {
  email_missing: ({ provider }) => ({
    title: 'An e-mail address is missing',
    what: `${provider} has told us who you are, but not your e-mail address.`,
    why: 'An account here needs an address that is known to be yours. We mail you a code to make sure.',
  }),
  email_unverified: ({ provider, email }) => ({
    title: 'Confirm your address',
    what: `${provider} gave us the address ${email}, but did not confirm that it is yours.`,
    why: 'Without that, anyone could enter with your address. We mail you a code to make sure.',
  }),
  account_exists: ({ provider, email }) => ({
    title: 'You already have an account',
    what: `There is an account for ${email}, and ${provider} is not connected to it yet.`,
    why: `Show that the account is yours, and ${provider} opens it from now on.`,
  }),
};
const UNKNOWN_REASON = ({ provider }) => ({
  title: 'One more step',
  what: `${provider} has told us who you are, but your sign-in is not complete.`,
  why: 'A proof of your e-mail address is missing.',
});
const NO_MAIL = 'This service is not set up to send mail, so it cannot send you a code.';

const mailedCode = takeFromFragment('code');
let page = null;  // {settings, providers, label}: what does not change while the page is open

async function load() {
  const pending = await latchkey.pendingSignIn();
  if (mailedCode && !pending?.code_sent_to) {
    byId('big-code').textContent = mailedCode;
    showState('elsewhere');
    return;
  }
  if (pending === null) {
    showState('nothing');
    return;
  }
  const [settings, providers] = await Promise.all([latchkey.settings(), latchkey.providers()]);
  const label = providers.find(({ id }) => id === pending.provider)?.label ?? pending.provider;
  page = { settings, providers, label };
  showPending(pending, mailedCode);
}

function showPending(pending, code = null) {
  const describe = Object.hasOwn(REASONS, pending.reason) ? REASONS[pending.reason] : UNKNOWN_REASON;
  const { title, what, why } = describe({ provider: page.label, email: pending.email });
  byId('title').textContent = title;
  byId('what').textContent = what;
  byId('why').textContent = page.settings.mail ? why : NO_MAIL;
  const byPassword = pending.methods.includes('password');
  byId('password-part').replaceChildren(
    ...(byPassword ? [passwordProof(latchkey, { pending, label: page.label, done, lost })] : []));
  byId('divider').hidden = !byPassword || !page.settings.mail;
  showCodePart(pending, code);
  showOtherProviders(pending);
  showState('pending');
}

// First where the code goes, then the code itself.
function showCodePart(pending, code = null) {
  const steps = { latchkey, pending, done, lost, changed };
  if (!page.settings.mail) byId('code-part').replaceChildren();
  else if (pending.code_sent_to) byId('code-part').replaceChildren(codeForm({ ...steps, code }));
  else byId('code-part').replaceChildren(sendForm(steps));
}

// The code part anew, after something about the code has changed.
function changed(pending, { notice = null, focus = '#code-part input, #code-part button' } = {}) {
  showAlert(byId('pending-notice'), notice);
  showCodePart(pending);
  document.querySelector(focus)?.focus();
}

function done({ next }) {
  location.assign(next);
}

// The sign-in has ended, here or in another tab.
function lost() {
  turnTo('nothing');
}

// The same provider would come to the same end, unless it was only asked to share less.
function showOtherProviders({ provider, reason }) {
  const except = reason === 'email_missing' ? null : provider;
  const others = page.providers.map(({ id }) => id).filter((id) => id !== except);
  byId('others').hidden = others.length === 0;
  document.querySelector('latchkey-buttons').setAttribute('providers', others.join(' '));
  byId('more-ways').open = !page.settings.mail;
}

addEventListener('pageshow', (event) => event.persisted && location.reload());
loadPage(load);
