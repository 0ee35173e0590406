// Fields that the administration's forms have besides those of pages/forms.js, of the same shape:
// {node, input, name, showFault}.

import { element } from '../dom.js';
import { field } from '../pages/forms.js';
import { read } from './api.js';
import { badgesOf } from './parts.js';

const PAUSE_MS = 250;  // of typing, before it is looked for
const SHOWN = 6;

// `options` are [value, text]; the first is chosen unless `value` says otherwise.
export function choice({ name, label, options, value, id = `change-${name}` }) {
  const faultLine = element('p', { class: 'field-fault', id: `${id}-fault`, hidden: true });
  const input = element('select', { id, name }, ...options.map(([one, text]) =>
    element('option', { value: one, selected: one === value }, text)));
  const showFault = (sentence) => {
    faultLine.textContent = sentence ?? '';
    faultLine.hidden = !sentence;
    input.setAttribute('aria-invalid', String(Boolean(sentence)));
  };
  return { node: element('div', { class: 'field' }, element('label', { for: id }, label), input, faultLine),
    input, name, showFault };
}

export const textField = ({ name, ...options }) => field({ name, id: `change-${name}`, autocomplete: 'off', ...options });

export const providerChoice = (providers, options = {}) =>
  choice({ name: 'provider', label: 'Provider', options: providers.map(({ id, label }) => [id, label]), ...options });

export const forceChoice = (value) => choice({
  name: 'force', label: 'If it is their last way to sign in', value,
  options: [['', 'Leave it as it is'], ['true', 'Do it nevertheless']],
});

// Another user, found by what is typed and chosen from what is found. The value is their number.
export function userField({ name, label, value = '', except }) {
  const found = element('div', { class: 'found', role: 'radiogroup', 'aria-label': 'Users found' });
  const status = element('p', { class: 'hint', role: 'status' });
  const typed = field({
    name, id: `change-${name}`, label, required: true, autocomplete: 'off', spellcheck: 'false', value,
    hint: 'Their number, address or name; then choose from what is found.',
  });
  let asked = 0;
  let timer;

  async function look() {
    const mine = ++asked;
    const text = typed.input.value.trim();
    const { results } = text ? await read('/api/admin/users/', { search: text }) : { results: [] };
    if (mine !== asked) return;
    const users = results.filter(({ id }) => id !== except).slice(0, SHOWN);
    found.replaceChildren(...users.map((user) => option(user, users.length === 1)));
    status.textContent = text && users.length === 0 ? 'Nobody is found by that.' : '';
  }
  const lookSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => look().catch((error) => typed.showFault(error.detail)), PAUSE_MS);
  };
  function option(user, checked) {
    const radio = element('input', { type: 'radio', name: `${name}-found`, value: String(user.id), checked });
    return element('label', {}, radio, element('span', { class: 'item-lines' },
      element('span', { class: 'item-title' }, element('strong', {}, user.name || user.email), ...badgesOf(user)),
      element('span', { class: 'muted' }, `${user.email}, user ${user.id}`)));
  }
  typed.input.addEventListener('input', lookSoon);
  if (value) lookSoon();

  const input = {
    get value() {
      const chosen = found.querySelector('input:checked')?.value;
      return chosen ?? (/^\d+$/.test(typed.input.value.trim()) ? typed.input.value.trim() : '');
    },
    focus: () => typed.input.focus(),
    select: () => typed.input.select(),
    setAttribute: (...attribute) => typed.input.setAttribute(...attribute),
  };
  typed.node.append(status, found);
  const check = () => (input.value ? null : 'Choose one of those that are found, or give the number.');
  return { node: typed.node, input, name, check, showFault: typed.showFault };
}
