// The sign-up page. Whether an address has an account already is told to its owner alone, by mail:
// the page says the same for every address.

import '../latchkey-buttons.js';
import { byId, showState } from '../dom.js';
import { takeAddress } from './address.js';
import { emailField, field, makeForm, newPasswordField } from './forms.js';
import { keepNext, latchkey, loadPage, next, showSignedIn } from './page.js';
import { mailAgain } from './sent.js';

async function load() {
  const [settings, account] = await Promise.all([latchkey.settings(), latchkey.account()]);
  if (account) showSignedIn(account);
  else if (!settings.signup) showState('closed');
  else showForm(settings);
}

function showForm(settings) {
  byId('by-mail').hidden = !settings.mail;
  byId('no-mail').hidden = settings.mail;
  const showSent = mailAgain('sent', {
    interval: settings.mail_interval,
    send: (address) => latchkey.sendVerificationAgain(address),
  });
  const { form } = makeForm({
    id: 'sign-up',
    label: 'Create an account with a password',
    fields: [
      field({ name: 'name', label: 'Name (optional)', autocomplete: 'name', maxlength: 150 }),
      emailField({ value: takeAddress() }),
      newPasswordField(settings, { label: 'Password' }),
    ],
    submit: 'Create account',
    action: async ({ name, email, password }) => {
      await latchkey.signUp({ email, password, name: name.trim() || undefined, next });
      byId('sent-to').textContent = email;
      byId('password').value = '';
      showSent('sent', email);
    },
  });
  byId('sign-up-form').replaceChildren(form);
  byId('other-address').addEventListener('click', () => {
    showState('form');
    byId('email').focus();
    byId('email').select();
  });
  showState('form');
}

keepNext();
loadPage(load);
