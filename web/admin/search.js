// Users: everybody, newest first, or those that are looked for. The search form itself is on every
// view (admin.js).

import { element } from '../dom.js';
import { addressOf, place, read } from './api.js';
import { badge, badgesOf, button, heading, listed, time, userLink } from './parts.js';
import { startChange } from './user-changes.js';

export async function show(view, { params }) {
  const load = (page) => read('/api/admin/users/', { ...params, page });
  const first = await load();
  const list = element('ul', { class: 'people', role: 'list' });
  list.addEventListener('keydown', stepThrough);
  view.replaceChildren(
    heading(titleOf(params, first), button('Create a user', () => startChange('create', {}))),
    ...(first.results.length > 0
      ? listed(list, first, load, (users) => users.map(personRow))
      : [element('p', { class: 'muted' }, 'Parts of an address or name need three characters; a number or a subject is looked for as a whole.')]));
}

function titleOf({ search, provider, staff, disabled }, { results, next }) {
  const kind = [staff ? 'staff' : null, disabled ? 'disabled' : null, provider ? `with ${provider}` : null].filter(Boolean);
  const which = [search ? `for “${search}”` : null, kind.length > 0 ? `(${kind.join(', ')})` : null].filter(Boolean);
  if (which.length === 0) return 'Users';
  if (results.length === 0) return `Nobody ${which.join(' ')}`;
  return `${results.length}${next ? ' and more' : ''} ${results.length === 1 ? 'user' : 'users'} ${which.join(' ')}`;
}

function personRow(user) {
  return element('li', {},
    element('a', { class: 'person-row', href: addressOf('users', { id: user.id }) },
      element('span', { class: 'item-lines' },
        element('span', { class: 'item-title' }, element('strong', {}, user.name || user.email), ...badgesOf(user)),
        element('span', { class: 'muted' }, ...[
          user.name ? user.email : null, user.name ? ' ' : null,
          user.email_verified ? null : badge('Not verified', 'warn'),
        ].filter(Boolean))),
      element('span', { class: 'muted number' }, `user ${user.id}`),
      element('span', { class: 'muted' }, 'created ', time(user.created_at)),
      element('span', { class: 'muted' }, 'last here ', time(user.last_login_at))),
    // A link of its own: links do not nest.
    user.merged_into
      ? element('p', { class: 'person-note muted' }, 'Merged into ', userLink(user.merged_into)) : null);
}

// Down and up go through what is found, and from the first one back to the search.
function stepThrough(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const links = [...event.currentTarget.querySelectorAll('.person-row')];
  const at = links.indexOf(event.target.closest('li').querySelector('.person-row'));
  event.preventDefault();
  (links[at + step] ?? (step < 0 ? document.getElementById('search') : links[at])).focus();
}

// The form says what the address says, whichever way it came about.
export function fillForm(form, { params: { search = '', provider = '', staff, disabled } }) {
  form.search.value = search;
  form.provider.value = provider;
  form.kind.value = staff ? 'staff' : disabled ? 'disabled' : '';
}

export function setUpForm(form, providers) {
  form.provider.append(...providers.map(({ id, label }) => element('option', { value: id }, label)));
  const submit = () => {
    const kind = form.kind.value ? { [form.kind.value]: '1' } : {};
    const address = addressOf('users', { search: form.search.value.trim(), provider: form.provider.value, ...kind });
    if (address === location.hash) dispatchEvent(new HashChangeEvent('hashchange'));
    else location.hash = address;
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
  form.provider.addEventListener('change', submit);
  form.kind.addEventListener('change', submit);
  form.search.addEventListener('keydown', (event) => {
    const first = place().view === 'users' && document.querySelector('.people a');
    if (event.key !== 'ArrowDown' || !first) return;
    event.preventDefault();
    first.focus();
  });
}
