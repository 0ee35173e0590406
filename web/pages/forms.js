// The forms of the pages: labelled fields, a button that cannot be pressed twice, and faults that are
// said where they belong, at the field or above the form.

import { element, showAlert, whileBusy } from '../dom.js';
import { sentenceOf } from './sentences.js';

// A labelled input. `name` is that of the service's `errors`; `hint` is said before anything is
// typed. Answers {node, input, name, showFault}.
export function field({ name, label, hint, id = name, decorate = (input) => input, ...attributes }) {
  const hintLine = hint ? element('p', { class: 'hint', id: `${id}-hint` }, hint) : null;
  const faultLine = element('p', { class: 'field-fault', id: `${id}-fault`, hidden: true });
  const input = element('input', {
    id, name, type: 'text', ...attributes, 'aria-describedby': hint ? hintLine.id : null,
  });
  const showFault = (sentence) => {
    faultLine.textContent = sentence ?? '';
    faultLine.hidden = !sentence;
    const described = [hintLine, sentence ? faultLine : null].filter(Boolean).map((line) => line.id);
    if (described.length > 0) input.setAttribute('aria-describedby', described.join(' '));
    else input.removeAttribute('aria-describedby');
    input.setAttribute('aria-invalid', String(Boolean(sentence)));
  };
  const node = element('div', { class: 'field' },
    element('label', { for: id }, label), decorate(input), hintLine, faultLine);
  return { node, input, name, showFault };
}

export function emailField(options = {}) {
  return field({
    name: 'email', label: 'E-mail', type: 'email', required: true, maxlength: 254,
    autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', ...options,
  });
}

// With a button that shows what is typed.
export function passwordField(options = {}) {
  return field({
    name: 'password', label: 'Password', type: 'password', required: true, maxlength: 1024,
    autocomplete: 'current-password', autocapitalize: 'none', spellcheck: 'false',
    decorate: (input) => element('div', { class: 'with-reveal' }, input, revealButton(input)),
    ...options,
  });
}

// A password that is being chosen; the rules are said before, and judged by the service.
export function newPasswordField({ password_min_length: least }, options = {}) {
  return passwordField({
    label: 'New password', autocomplete: 'new-password',
    hint: `At least ${least} characters. Not your e-mail address, nor a password that many people use.`,
    ...options,
  });
}

// `action` gets the values by field name. What it throws is shown, in the form's own `sentences` by
// code where it has some; the values stay.
export function makeForm({ id, label, fields, extra, submit, sentences = {}, action }) {
  const alert = element('p', { class: 'alert', role: 'alert', id: `${id}-alert`, tabindex: '-1', hidden: true });
  const button = element('button', { class: 'button primary', type: 'submit' }, submit);
  const form = element('form', { class: 'form', id, 'aria-label': label },
    alert, ...fields.map(({ node }) => node), extra, element('div', { class: 'form-actions' }, button));

  function showFault(error) {
    const ofFields = error?.errors ?? {};
    const faulty = fields.filter(({ name }) => ofFields[name]?.length);
    for (const one of fields) one.showFault(ofFields[one.name]?.[0]);
    showAlert(alert, error && faulty.length === 0 ? (sentences[error.code] ?? sentenceOf(error)) : null);
    if (faulty.length > 0) faulty[0].input.focus();
    else if (error?.code === 'invalid_credentials') refuse();
    else if (error) alert.focus();
  }

  // The answer never tells which of several fields was wrong, so all are marked; most often it is the
  // last one, the password.
  function refuse() {
    for (const { input } of fields) {
      input.setAttribute('aria-invalid', 'true');
      input.setAttribute('aria-describedby', alert.id);
    }
    fields.at(-1).input.focus();
    fields.at(-1).input.select();
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    whileBusy(button, async () => {
      showFault(null);
      try {
        await action(Object.fromEntries(fields.map(({ name, input }) => [name, input.value])));
      } catch (error) {
        if (!error.code) reportError(error);  // a fault of this page, for whoever looks at the console
        showFault(error);
      }
    });
  });
  return { form, button, showFault };
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
