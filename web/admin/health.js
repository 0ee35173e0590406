// Whether the service is ready, and the providers it offers.

import { element } from '../dom.js';
import { addressOf, read } from './api.js';
import { badge, card, facts, heading, row, rows } from './parts.js';

export async function show(view, { providers }) {
  const readiness = await read('/readyz').catch((error) => ({ status: error.detail }));
  const ready = readiness.status === 'ready';
  view.replaceChildren(
    heading('Service'),
    element('div', { class: 'two' },
      card('Readiness', facts([
        ['Database and schema', badge(ready ? 'Ready' : 'Not ready', ready ? 'good' : 'warn'), ready ? null : ` ${readiness.status}`],
        readiness.session_cache
          ? ['Session cache', badge(readiness.session_cache, readiness.session_cache === 'open' ? 'good' : 'warn')] : null,
      ])),
      card('Providers', rows(providers.map(({ id, label }) => row({
        provider: id,
        title: element('strong', {}, label),
        lines: [[element('code', {}, id)]],
        actions: [element('a', { class: 'button small-button', href: addressOf('users', { provider: id }), 'aria-label': `Users with ${label}` }, 'Users')],
      })), 'None is configured.'))));
}
