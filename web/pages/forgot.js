// Asks for a mail with a link to a new password. The page says the same for every address.

import { byId, showState } from '../dom.js';
import { takeAddress } from './address.js';
import { emailField, makeForm } from './forms.js';
import { keepNext, latchkey, loadPage, next } from './page.js';
import { mailAgain } from './sent.js';

async function load() {
  const settings = await latchkey.settings();
  if (settings.mail) showForm(settings);
  else showState('no-mail');
}

function showForm(settings) {
  const send = (address) => latchkey.requestPasswordReset(address, { next });
  const showSent = mailAgain('sent', { interval: settings.mail_interval, send });
  const { form } = makeForm({
    id: 'forgotten-password',
    label: 'Ask for a link to a new password',
    fields: [emailField({ value: takeAddress() })],
    submit: 'Send me a link',
    action: async ({ email }) => {
      await send(email);
      byId('sent-to').textContent = email;
      showSent('sent', email);
    },
  });
  byId('forgot-form').replaceChildren(form);
  byId('other-address').addEventListener('click', () => {
    showState('form');
    byId('email').focus();
    byId('email').select();
  });
  showState('form');
}

keepNext();
loadPage(load);
