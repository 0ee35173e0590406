// The audit log: newest first, by user, action and time, and all of it as a file for other programs.

import { element } from '../dom.js';
import { field } from '../pages/forms.js';
import { addressOf, read } from './api.js';
import { saveEntries } from './audit-export.js';
import { actionNames, entryRow } from './entries.js';
import { button, heading, listed, say } from './parts.js';

export async function show(view, { params }) {
  const wanted = { user: params.user, action: params.action, since: params.since, until: params.until };
  const load = (page) => read('/api/admin/audit/', { ...wanted, page });
  view.replaceChildren(heading('Audit log', exportButton(wanted)), filterForm(wanted));
  const first = await load();
  view.append(...(first.results.length > 0
    ? [element('div', { class: 'card' },
      ...listed(element('ol', { class: 'entries' }), first, load, (entries) => entries.map((entry) => entryRow(entry))))]
    : [element('p', { class: 'muted' }, 'Nothing happened that fits.')]));
}

// Saves what the filter shows; turning to another view gives it up.
function exportButton(wanted) {
  const progress = element('span', { class: 'muted', role: 'status' });
  const node = button('Export as NDJSON', async () => {
    try {
      const saved = await saveEntries(wanted, (entries) => {
        progress.textContent = `${counted(entries)} so far`;
        return node.isConnected;
      });
      if (saved !== null) say(`${counted(saved)} saved.`);
    } finally {
      progress.textContent = '';
    }
  });
  return element('div', { class: 'heading-actions' }, progress, node);
}

const counted = (entries) => `${entries.toLocaleString('en')} ${entries === 1 ? 'entry' : 'entries'}`;

function filterForm({ user, action, since, until }) {
  const fields = [
    field({ name: 'user', id: 'audit-user', label: 'User number', value: user, inputmode: 'numeric', pattern: '[0-9]*', autocomplete: 'off' }),
    field({ name: 'action', id: 'audit-action', label: 'Action', value: action, list: 'audit-actions', autocomplete: 'off' }),
    field({ name: 'since', id: 'audit-since', label: 'From', type: 'date', value: since?.slice(0, 10) }),
    field({ name: 'until', id: 'audit-until', label: 'Before', type: 'date', value: until?.slice(0, 10) }),
  ];
  const form = element('form', { class: 'filters', 'aria-label': 'Entries' }, ...fields.map(({ node }) => node),
    element('datalist', { id: 'audit-actions' }, ...actionNames.map((name) => element('option', { value: name }))),
    element('button', { class: 'button', type: 'submit' }, 'Show'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    location.hash = addressOf('audit', Object.fromEntries(fields.map(({ name, input }) => [name, input.value.trim()])));
  });
  return form;
}
