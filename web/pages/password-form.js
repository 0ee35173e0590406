// The password form of the login and the demo page.

import { element } from '../dom.js';
import { takeAddress } from './address.js';
import { emailField, makeForm, passwordField } from './forms.js';

// Calls `onSignedIn` once the session cookie is set. `onRefused(error, {email, password})` may take
// a refusal over, by answering true. `aside` stands beside the checkbox.
export function passwordForm(latchkey, onSignedIn, { onRefused = () => false, aside = null } = {}) {
  const email = emailField({ value: takeAddress() });
  const password = passwordField();
  const remember = element('input', { id: 'remember', name: 'remember', type: 'checkbox' });
  const { form } = makeForm({
    id: 'password-sign-in',
    label: 'Sign in with a password',
    fields: [email, password],
    extra: element('div', { class: 'check-line' },
      element('label', { class: 'check' }, remember, 'Keep me signed in'), aside),
    submit: 'Sign in',
    action: async (values) => {
      try {
        await latchkey.login({ ...values, remember: remember.checked });
      } catch (error) {
        if (onRefused(error, values)) return;
        throw error;
      }
      form.reset();
      await onSignedIn();
    },
  });
  return form;
}
