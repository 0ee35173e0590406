// The proof of a pending sign-in by the password of the account that exists.

import { element } from '../dom.js';
import { keepAddress } from './address.js';
import { makeForm, passwordField } from './forms.js';

// `done` gets the answer of the sign-in; `lost` is called when nothing waits any more.
export function passwordProof(latchkey, { pending, label, done, lost }) {
  const forgot = element('a', { href: '/password/forgot' }, 'Forgot your password?');
  forgot.addEventListener('click', () => keepAddress(pending.email));
  const { form } = makeForm({
    id: 'by-password',
    label: 'Prove it with your password',
    fields: [passwordField({ label: `Password of ${pending.email}` })],
    submit: `Connect ${label} and sign in`,
    extra: element('p', { class: 'hint' }, forgot, ' A code does as well.'),
    sentences: { invalid_credentials: 'This is not the password of the account. Please try again, or use a code.' },
    action: async ({ password }) => {
      try {
        done(await latchkey.confirmPending({ password }));
      } catch (error) {
        if (error.code !== 'no_pending_sign_in') throw error;
        lost();
      }
    },
  });
  return form;
}
