// The login page: the buttons, the password form, the ways out for who cannot sign in, and where to
// go on. Someone who is signed in already is told so instead of being asked again.

import '../latchkey-buttons.js';
import { byId, element, showAlert, showState, whileBusy } from '../dom.js';
import { goOn, keepNext, latchkey, showSignedIn } from './page.js';
import { passwordForm } from './password-form.js';
import { mailAgain } from './sent.js';
import { sentenceOf } from './sentences.js';

// What the visitor has just done on another page.
const DONE = {
  verified: 'Your e-mail address is confirmed. You can sign in now.',
  reset: 'Your new password is set. Sign in with it.',
};

// Tells who has not confirmed the address; there is nothing to offer before the settings are known.
let showUnproven = null;

async function showWhoIsSignedIn() {
  try {
    const account = await latchkey.account();
    showAlert(byId('page-alert'), null);
    if (account) showSignedIn(account);
    else showState('signed-out');
  } catch (error) {
    // The form stays: the service may be back by the time it is filled in.
    showAlert(byId('page-alert'), sentenceOf(error));
  }
}

// The links are there from the start and go when they would lead nowhere.
async function showSettings() {
  const settings = await latchkey.settings().catch(() => null);
  if (settings === null) return;
  byId('sign-up-line').hidden = !settings.signup;
  byId('forgot').hidden = !settings.mail;
  if (!settings.mail) return;
  showUnproven = mailAgain('unproven', {
    interval: settings.mail_interval,
    send: (address) => latchkey.sendVerificationAgain(address),
  });
}

function showDone() {
  const done = new URLSearchParams(location.search).get('done');
  if (!Object.hasOwn(DONE, done ?? '')) return;
  showAlert(byId('page-notice'), DONE[done]);
  byId('page-notice').focus();
}

byId('password-form').append(passwordForm(latchkey, () => location.assign(goOn), {
  aside: element('a', { id: 'forgot', href: '/password/forgot', 'data-keeps-next': true }, 'Forgot your password?'),
  onRefused: (error, { email }) => {
    if (error.code !== 'email_not_verified' || showUnproven === null) return false;
    byId('unproven-address').textContent = email;
    showUnproven('unproven', email);
    return true;
  },
}));
byId('unproven-back').addEventListener('click', () => {
  showState('signed-out');
  byId('email').focus();
});
byId('sign-out').addEventListener('click', ({ currentTarget }) =>
  whileBusy(currentTarget, async () => {
    try {
      await latchkey.logout();
      await showWhoIsSignedIn();
    } catch (error) {
      showAlert(byId('page-alert'), sentenceOf(error));
    }
  }),
);
addEventListener('pageshow', (event) => event.persisted && showWhoIsSignedIn());
keepNext();
showDone();
showSettings();
showWhoIsSignedIn();
