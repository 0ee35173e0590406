// The password form of the login and the demo page.

import { element, showAlert, whileBusy } from './dom.js';

// Calls `onSignedIn` once the session cookie is set.
export function passwordForm(latchkey, onSignedIn) {
  const alert = element('p', { class: 'alert', role: 'alert', id: 'password-alert', hidden: true });
  const email = element('input', {
    id: 'email', name: 'email', type: 'email', required: true, maxlength: 254,
    autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false',
  });
  const password = element('input', {
    id: 'password', name: 'password', type: 'password', required: true, maxlength: 1024,
    autocomplete: 'current-password',
  });
  const remember = element('input', { id: 'remember', name: 'remember', type: 'checkbox' });
  const submit = element('button', { class: 'button primary', type: 'submit' }, 'Sign in');
  const form = element('form', { class: 'form', 'aria-label': 'Sign in with a password' },
    alert,
    element('div', { class: 'field' }, element('label', { for: 'email' }, 'E-mail'), email),
    element('div', { class: 'field' },
      element('label', { for: 'password' }, 'Password'),
      element('div', { class: 'with-reveal' }, password, revealButton(password))),
    element('label', { class: 'check' }, remember, 'Keep me signed in'),
    submit);

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    whileBusy(submit, async () => {
      showFault(null);
      try {
        await latchkey.login({
          email: email.value,
          password: password.value,
          remember: remember.checked,
        });
      } catch (error) {
        showFault(error);
        return;
      }
      form.reset();
      await onSignedIn();
    });
  });

  // The answer never tells which of the two was wrong, so both fields are marked.
  function showFault(error) {
    const refused = error?.code === 'invalid_credentials';
    showAlert(alert, refused ? 'The e-mail address or the password is not right.' : error?.detail);
    for (const input of [email, password]) {
      if (error) input.setAttribute('aria-describedby', alert.id);
      else input.removeAttribute('aria-describedby');
      input.setAttribute('aria-invalid', String(refused));
    }
    if (refused) {
      password.focus();
      password.select();
    }
  }
  return form;
}

function revealButton(password) {
  const button = element('button', {
    class: 'reveal', type: 'button', 'aria-controls': password.id, 'aria-label': 'Show password',
    'aria-pressed': 'false',
  }, 'Show');
  button.addEventListener('click', () => {
    const shown = password.type === 'password';
    password.type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(shown));
    button.textContent = shown ? 'Hide' : 'Show';
    password.focus();
  });
  return button;
}
