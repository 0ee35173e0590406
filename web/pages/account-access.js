// The part of the account page about the e-mail address and the password: what they are, and the
// forms that change them, which open under their row.

import { byId, element } from '../dom.js';
import { showDevices } from './account-devices.js';
import { act, badge, clear, row, rowButton, say } from './account-parts.js';
import { emailField, makeForm, newPasswordField, passwordField } from './forms.js';
import { latchkey } from './page.js';
import { withRecentLogin } from './reauthenticate.js';

const NO_MAIL = 'Changing it needs a mail, and this service is not set up to send any.';

export function showAccess(page) {
  byId('access').replaceChildren(emailRow(page), passwordRow(page));
}

// A button that opens and closes the form under its row.
function disclosure(id, text, name, form) {
  const below = element('div', { class: 'row-form', id, hidden: true }, form);
  const action = rowButton(text, name, () => toggle(below.hidden), {
    'aria-expanded': 'false', 'aria-controls': id,
  });
  function toggle(open) {
    below.hidden = !open;
    action.setAttribute('aria-expanded', String(open));
    action.textContent = open ? 'Cancel' : text;
    action.setAttribute('aria-label', open ? `${name}: cancel` : name);
    clear('access');
    if (open) below.querySelector('input')?.focus();
    else form.reset();
  }
  return { below, action };
}

function emailRow(page) {
  const { account, settings } = page;
  const proven = account.email_verified;
  const email = emailField({ id: 'new-email', label: 'New e-mail address', autocomplete: 'email',
    hint: 'We mail a link to it. Your account keeps the present address until you have opened that.' });
  const { form } = makeForm({
    id: 'change-email',
    label: 'Change your e-mail address',
    fields: [email],
    submit: 'Send the link',
    action: async ({ email: address }) => {
      const resume = { action: 'change-email' };
      if ((await withRecentLogin(page, resume, () => latchkey.changeEmail(address))) === null) return;
      await page.reload();
      say('access', `We have sent a mail to ${address}. Open the link in it to make it your address.`);
    },
  });
  const { below, action } = disclosure('change-email-part', 'Change', 'Change your e-mail address', form);
  const confirm = proven || !settings.mail ? null : confirmButton(account);
  return row({
    title: 'E-mail',
    badges: [proven ? badge('Verified', 'good') : badge('Not verified', 'warn')],
    lines: [account.email, settings.mail ? null : NO_MAIL],
    action: settings.mail ? element('div', { class: 'row-actions' }, confirm, action) : null,
    below,
  });
}

function confirmButton({ email }) {
  return rowButton('Send confirmation', `Send a confirmation mail to ${email}`, (button) =>
    act('access', button, async () => {
      await latchkey.sendVerificationAgain();
      return `If none went out in the last minutes, a mail is on its way to ${email}. Open the link in it.`;
    }));
}

function passwordRow(page) {
  const { account, settings } = page;
  const current = passwordField({ id: 'current-password', name: 'current_password', label: 'Current password' });
  const chosen = newPasswordField(settings, { id: 'chosen-password', name: 'new_password' });
  const { form } = makeForm({
    id: 'change-password',
    label: account.has_password ? 'Change your password' : 'Set a password',
    fields: account.has_password ? [current, chosen] : [chosen],
    extra: element('p', { class: 'hint' }, 'Every other session of your account ends when the password changes.'),
    submit: account.has_password ? 'Change password' : 'Set password',
    action: async ({ current_password: currentPassword, new_password: newPassword }) => {
      const resume = { action: 'change-password' };
      const change = () => latchkey.changePassword({ currentPassword, newPassword });
      if ((await withRecentLogin(page, resume, change)) === null) return;
      await page.reload();
      await showDevices();
      say('access', account.has_password
        ? 'Your password is changed, and every other session has ended.'
        : 'Your password is set. You can sign in with it from now on.');
    },
  });
  const name = account.has_password ? 'Change your password' : 'Set a password';
  const { below, action } = disclosure('change-password-part', account.has_password ? 'Change' : 'Set', name, form);
  return row({
    title: 'Password',
    lines: [account.has_password ? 'Set' : 'None: you sign in through a provider'],
    action,
    below,
  });
}
