// Events for the application, newest first, and sending one again.

import { element } from '../dom.js';
import { addressOf, read } from './api.js';
import { badge, button, heading, listed, row, time, userLink } from './parts.js';
import { startChange } from './user-changes.js';

const STATES = { '': 'All', waiting: 'Waiting', delivered: 'Delivered', failed: 'Failed' };
const KINDS = { waiting: 'accent', delivered: 'good', failed: 'warn' };

export async function show(view, { params: { state = '' } }) {
  const load = (page) => read('/api/admin/webhooks/', { state, page });
  const first = await load();
  const list = element('ul', { class: 'items', role: 'list' });
  view.replaceChildren(
    heading('Webhooks'),
    element('nav', { class: 'choices', 'aria-label': 'State' }, ...Object.entries(STATES).map(([id, text]) =>
      element('a', { href: addressOf('webhooks', { state: id }), 'aria-current': id === state ? 'true' : null }, text))),
    ...(first.results.length > 0
      ? listed(list, first, load, (deliveries) => deliveries.map(deliveryRow))
      : [element('p', { class: 'muted' }, 'No events. They are kept when admin.webhook_url is set.')]));
}

function deliveryRow(delivery) {
  return row({
    title: element('strong', {}, delivery.type),
    badges: [badge(STATES[delivery.state], KINDS[delivery.state])],
    lines: [
      [userLink(delivery.user_id), `, event ${delivery.id}, `, time(delivery.created_at)],
      `${delivery.attempts} ${delivery.attempts === 1 ? 'attempt' : 'attempts'}`,
      delivery.last_error ? `Last error: ${delivery.last_error}` : null,
      element('details', {}, element('summary', {}, 'Data'),
        element('pre', { class: 'code', tabindex: '0' }, JSON.stringify(delivery.data, null, 2))),
    ],
    actions: [button('Send again', () => startChange('replay', { delivery: { id: delivery.id, type: delivery.type } }),
      { name: `Send event ${delivery.id} again` })],
  });
}
