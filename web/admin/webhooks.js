// Events for the application, newest first, and sending one again.

import { element } from '../dom.js';
import { addressOf, read } from './api.js';
import { badge, button, heading, listed, refreshButton, row, time, timeTo, userLink } from './parts.js';
import { startChange } from './user-changes.js';

const STATES = { '': 'All', waiting: 'Waiting', delivered: 'Delivered', failed: 'Failed' };
const NONE = {
  '': 'No events yet. They are kept for the application when admin.webhook_url is configured.',
  waiting: 'Nothing waits: every event has been delivered or given up.',
  delivered: 'Nothing has been delivered in the last 30 days.',
  failed: 'Nothing has been given up in the last 30 days.',
};
const KINDS = { waiting: 'accent', delivered: 'good', failed: 'warn' };

export async function show(view, asked) {
  const { state = '' } = asked.params;
  const load = (page) => read('/api/admin/webhooks/', { state, page });
  const first = await load();
  const list = element('ul', { class: 'items', role: 'list' });
  view.replaceChildren(
    heading('Webhooks', refreshButton(() => show(view, asked))),
    element('nav', { class: 'choices', 'aria-label': 'State' }, ...Object.entries(STATES).map(([id, text]) =>
      element('a', { href: addressOf('webhooks', { state: id }), 'aria-current': id === state ? 'true' : null }, text))),
    ...(first.results.length > 0
      ? listed(list, first, load, (deliveries) => deliveries.map(deliveryRow))
      : [element('p', { class: 'muted' }, NONE[state] ?? NONE[''])]));
}

// How often it was tried, and how that ended or goes on.
function progressOf({ state, attempts, next_attempt_at: next, delivered_at: delivered, failed_at: failed }) {
  const tried = attempts === 0 ? 'Not tried yet' : `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
  // Events of a user keep their order, so one may have to wait for those before it.
  if (state === 'waiting' && new Date(next) <= Date.now()) return `${tried}, waits its turn`;
  if (state === 'delivered') return [`${tried}, delivered `, time(delivered)];
  if (state === 'failed') return [`${tried}, given up `, time(failed)];
  return [`${tried}, the next one `, timeTo(next)];
}

function deliveryRow(delivery) {
  return row({
    title: element('strong', {}, delivery.type),
    badges: [badge(STATES[delivery.state], KINDS[delivery.state])],
    lines: [
      [userLink(delivery.user_id), `, event ${delivery.id}, `, time(delivery.created_at)],
      progressOf(delivery),
      delivery.last_error ? `Last error: ${delivery.last_error}` : null,
      element('details', {}, element('summary', {}, 'Data'),
        element('pre', { class: 'code', tabindex: '0' }, JSON.stringify(delivery.data, null, 2))),
    ],
    actions: [delivery.state === 'waiting' ? sendButton(delivery, 'now') : sendButton(delivery, 'again')],
  });
}

function sendButton({ id, type }, when) {
  return button(`Send ${when}`, () => startChange('replay', { delivery: { id, type }, when }), { name: `Send event ${id} ${when}` });
}
