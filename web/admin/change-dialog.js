// Every change is made in one dialog, in two steps: what is wanted (left out when there is nothing to
// choose), then what would be different, with the reason and the button that does it. Nothing is
// changed before that button.

import { element } from '../dom.js';
import { openDialog } from '../pages/dialog.js';
import { field, makeForm } from '../pages/forms.js';
import { withRecentLogin } from '../pages/reauthenticate.js';
import { change, read } from './api.js';
import { nameOf } from './entries.js';
import { differencesOf, faultOf, personOf } from './parts.js';

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
      const back = fields.length > 0 ? choose : null;
      const form = confirmForm(order, send, back, close);
      step.replaceChildren(...(back ? [] : intro), previewOf(report, people), form);
      form.querySelector('input').focus();
    };
    if (preview) show(preview);
    else choose();
    queueMicrotask(() => step.querySelector('input, select')?.focus());
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

// A fault of a value that has no field here is said above the form.
async function saying(fields, action) {
  try {
    await action();
  } catch (error) {
    const known = Object.keys(error.errors ?? {}).some((name) => fields.some((one) => one.name === name));
    if (known || !error.errors) throw error;
    throw Object.assign(new Error(), { code: 'refused', detail: faultOf(error), errors: {} });
  }
}

// Whom a merge is about, because a number is soon mistaken for another.
async function mergedOf({ report }) {
  if (!report?.into) return null;
  const people = await Promise.all([report.from, report.into].map((id) => read(`/api/admin/users/${id}/`)));
  return people.map(personOf);
}

// What the dry run answered.
function previewOf({ changes, warnings, report }, people) {
  const blocking = (report?.conflicts ?? []).filter((conflict) => conflict.blocking).map(({ detail }) => detail);
  const others = warnings.filter((warning) => !blocking.includes(warning));
  return element('div', { class: 'preview' },
    element('h3', {}, 'What will change'),
    changes.length === 0 ? element('p', {}, 'Nothing.') : null,
    people ? element('p', {}, people[0], element('strong', {}, ' becomes part of '), people[1]) : null,
    movedOf(report?.moved ?? report?.restored),
    // A report says the same of a merge, and more.
    report ? null : element('ul', { class: 'changes', role: 'list' }, ...changes.map(changeLine)),
    blocking.length > 0 ? element('p', { class: 'alert' }, blocking.join(' ')) : null,
    others.length > 0
      ? element('ul', { class: 'warnings', 'aria-label': 'Warnings' }, ...others.map((text) => element('li', {}, text)))
      : null);
}

function changeLine({ action, user_id: user, provider, subject, before, after }) {
  return element('li', {},
    element('span', { class: 'item-title' }, element('strong', {}, nameOf(action)), `user ${user}`,
      provider ? element('span', { class: 'subject' }, subject ? `${provider}: ${subject}` : provider) : null),
    differencesOf(before, after));
}

// What goes from one user to the other, in a merge or its undo.
function movedOf(moved) {
  if (!moved) return null;
  const lines = moved.identities.map(({ provider, subject }) => `Identity ${provider}: ${subject} moves`);
  if (moved.sessions > 0) lines.push(`Sessions that move: ${moved.sessions}`);
  if (moved.sessions_revoked > 0) lines.push(`Sessions that end: ${moved.sessions_revoked}`);
  if (moved.preauthorised > 0) lines.push(`Identities allowed beforehand that move: ${moved.preauthorised}`);
  if (moved.password === 'taken') lines.push('The password moves');
  if (lines.length === 0) lines.push('No identity and no session moves');
  return element('ul', { class: 'moved' }, ...lines.map((line) => element('li', {}, line)));
}
