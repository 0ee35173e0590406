// The proof of a pending sign-in by a mailed code: where it goes, then the code itself.

import { element, showAlert } from '../dom.js';
import { emailField, field, makeForm } from './forms.js';
import { resendButton } from './resend.js';
import { duration, sentenceOf } from './sentences.js';

// As broker/mailed_code draws them; what people add when they copy is dropped.
const CODE_LENGTH = 6;
const normalised = (text) => text.toUpperCase().replace(/[^0-9A-Z]/g, '');

// Asks for the address, unless it can only be the account's. `changed` gets the pending sign-in once
// the mail is on its way.
export function sendForm({ latchkey, pending, lost, changed }) {
  const fixed = pending.reason === 'account_exists';
  const email = emailField({
    id: 'code-email', label: 'Your e-mail address', autocomplete: 'email', value: pending.email ?? '',
  });
  const send = (address) => unlessLost(lost, async () => {
    changed(await latchkey.sendPendingCode(address), { focus: '#code' });
  });
  const { form } = makeForm({
    id: 'send-code',
    label: 'Have a code mailed to you',
    fields: fixed ? [] : [email],
    extra: fixed ? element('p', {}, 'We can mail a code to ', element('strong', {}, pending.email), '.') : null,
    submit: 'Mail me a code',
    action: ({ email: address }) => send(fixed ? undefined : address),
  });
  if (fixed && pending.methods.includes('password')) {
    form.querySelector('[type=submit]').classList.remove('primary');
  }
  return form;
}

// `code`: the one that a mailed link brought along.
export function codeForm({ latchkey, pending, done, lost, changed, code }) {
  const input = codeField(code);
  const { form, button, showFault } = makeForm({
    id: 'enter-code',
    label: 'Enter the mailed code',
    fields: [input],
    extra: statusLine(pending),
    submit: 'Continue',
    action: ({ code: typed }) => unlessLost(lost, async () => {
      try {
        done(await latchkey.confirmPending({ code: normalised(typed) }));
      } catch (error) {
        if (error.code !== 'code_invalid' && error.code !== 'code_expired') throw error;
        await refused(error);
      }
    }),
  });
  // The tries that are left have changed.
  async function refused(error) {
    const now = await latchkey.pendingSignIn();
    if (now === null) return lost();
    form.querySelector('.code-status').replaceWith(statusLine(now));
    showFault(Object.assign(error, { errors: { code: [error.detail] } }));
    input.input.select();
    return undefined;
  }

  const alert = element('p', { class: 'alert', role: 'alert', hidden: true });
  const again = resendButton('Send a new code', async () => {
    showAlert(alert, null);
    try {
      const address = pending.reason === 'account_exists' ? undefined : pending.code_sent_to;
      const now = await latchkey.sendPendingCode(address);
      changed(now, { notice: 'A new code is on its way. The former one does not work any more.', focus: '#code' });
      return now.resend_in;
    } catch (error) {
      if (error.code === 'no_pending_sign_in') lost();
      showAlert(alert, sentenceOf(error));
      return error.retryAfter ?? 0;
    }
  });
  again.waitFor(pending.resend_in);
  const actions = element('div', { class: 'actions' }, again.button);
  if (pending.reason !== 'account_exists') {
    const other = element('button', { class: 'button', type: 'button' }, 'Use another address');
    other.addEventListener('click', () =>
      changed({ ...pending, email: pending.code_sent_to, code_sent_to: null }, { focus: '#code-email' }));
    actions.append(other);
  }
  if (code) queueMicrotask(() => button.focus());
  return element('div', {}, form, alert, actions);
}

function codeField(code) {
  const one = field({
    name: 'code', label: 'Code from the mail', required: true, autocomplete: 'one-time-code',
    autocapitalize: 'characters', spellcheck: 'false', maxlength: 24, class: 'code-input',
    value: normalised(code ?? ''),
  });
  // Pasted with spaces, dashes or a sentence's full stop, it is still the code.
  one.input.addEventListener('input', () => {
    const { selectionStart, value } = one.input;
    const clean = normalised(value).slice(0, CODE_LENGTH);
    if (clean === value) return;
    one.input.value = clean;
    const at = Math.min(normalised(value.slice(0, selectionStart)).length, CODE_LENGTH);
    one.input.setSelectionRange(at, at);
  });
  return one;
}

function statusLine({ code_sent_to: address, code_expires_in: seconds, code_tries_left: tries }) {
  const line = element('p', { class: 'hint code-status' }, 'We have mailed a code to ',
    element('strong', {}, address), '. ');
  if (tries === 0) line.append('It does not work any more: please have a new one sent.');
  else line.append(`It works for ${duration(seconds)}; ${tries} ${tries === 1 ? 'try is' : 'tries are'} left.`);
  return line;
}

async function unlessLost(lost, action) {
  try {
    await action();
  } catch (error) {
    if (error.code !== 'no_pending_sign_in') throw error;
    lost();
  }
}
