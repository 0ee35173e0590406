// Every change is made in one dialog, in two steps: what is wanted (left out when there is nothing to
// choose), then what would be different, with the reason and the button that does it. Nothing is
// changed before that button.

import { element } from '../dom.js';
import { openDialog } from '../pages/dialog.js';
import { field, makeForm } from '../pages/forms.js';
import { withRecentLogin } from '../pages/reauthenticate.js';
import { change } from './api.js';
import { faultOf } from './parts.js';
import { isBlocked, mergedOf, previewOf } from './preview.js';

// `order`: {title, intro?, fields?, request(values), confirm, danger?}. `fields` are those of forms.js,
// which may check() themselves; `request` answers {method, path, body?}; `staff` is {account, providers}
// of whoever makes the change, and `resume` tells of the change what its values do not. Resolves to
// the service's answer, or to null when it was given up.
export async function changeDialog(order, staff, resume) {
  const { fields = [] } = order;
  const values = () => Object.fromEntries(fields.map(({ name, input }) => [name, input.value]));
  const send = (options) => withRecentLogin(staff, { ...resume, values: values() },
    () => change(order.request(values()), options));

  // Without a choice the preview comes first, so that a dialog that opens has something to say.
  const preview = fields.length === 0 ? await send({ dryRun: true }) : null;
  if (fields.length === 0 && !preview) return null;

  return openDialog(order.title, (close) => {
    const step = element('div', { class: 'step' });
    const intro = order.intro ? [element('p', {}, ...[order.intro].flat())] : [];
    const choose = () => {
      step.replaceChildren(...intro, chooseForm(order, fields, send, show, close));
      fields[0].input.focus();
    };
    const show = (report, people) => {
      const forced = values().force === 'true';
      const back = fields.length > 0 ? choose : null;
      const form = isBlocked(report, forced) ? wayBack(back) : confirmForm(order, send, back, close);
      step.replaceChildren(...(back ? [] : intro), previewOf(report, { people, forced }), form);
      focusFirst();
    };
    // What is above the reason is to be read first, also where all of it does not fit.
    const focusFirst = () => {
      step.querySelector('input, select, button')?.focus({ preventScroll: true });
      step.parentElement?.scrollTo(0, 0);
    };
    if (preview) show(preview);
    else choose();
    queueMicrotask(focusFirst);
    return [step];
  });
}

function chooseForm(order, fields, send, show, close) {
  const { form } = makeForm({
    id: 'change-choice',
    label: order.title,
    fields,
    submit: 'Preview',
    action: () => saying(fields, async () => {
      checkAll(fields);
      const report = await send({ dryRun: true });
      if (report) show(report, await mergedOf(report));
    }),
  });
  return withWayOut(form, 'Cancel', () => close());
}

function confirmForm(order, send, back, close) {
  const reason = field({
    name: 'reason', id: 'change-reason', label: 'Reason', required: true, maxlength: 500, autocomplete: 'off',
    hint: 'Such as the number of the ticket. The audit log keeps it.',
  });
  const { form, button } = makeForm({
    id: 'change-confirmation',
    label: order.title,
    fields: [reason],
    submit: order.confirm,
    action: () => saying([reason], async () => {
      const answer = await send({ reason: reason.input.value });
      if (answer) close(answer);
    }),
  });
  if (order.danger) button.classList.replace('primary', 'danger');
  return back ? withWayOut(form, 'Back', back) : withWayOut(form, 'Cancel', () => close());
}

function wayBack(back) {
  const button = element('button', { class: 'button', type: 'button' }, 'Back');
  button.addEventListener('click', back);
  return element('div', { class: 'form-actions' }, button);
}

function withWayOut(form, text, onClick) {
  const out = element('button', { class: 'button quiet', type: 'button' }, text);
  out.addEventListener('click', onClick);
  form.querySelector('.form-actions').append(out);
  return form;
}

function checkAll(fields) {
  const wrong = fields.map(({ name, check }) => [name, check?.()]).filter(([, sentence]) => sentence);
  if (wrong.length === 0) return;
  throw Object.assign(new Error(), { errors: Object.fromEntries(wrong.map(([name, sentence]) => [name, [sentence]])) });
}

// A fault of a value that has no field here is said above the form, in the administration's words.
async function saying(fields, action) {
  try {
    await action();
  } catch (error) {
    const known = Object.keys(error.errors ?? {}).some((name) => fields.some((one) => one.name === name));
    if (known) throw error;
    throw Object.assign(new Error(), { code: 'refused', detail: faultOf(error), errors: {} });
  }
}
