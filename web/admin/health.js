// How the service is: whether it is ready, and how each provider answers, as the visitors' own
// sign-ins met it.

import { element } from '../dom.js';
import { addressOf, read } from './api.js';
import { badge, card, facts, heading, refreshButton, row, rows, time, timeTo } from './parts.js';

const STATES = {
  ok: { text: 'Works', kind: 'good' },
  ill: { text: 'Failing', kind: 'warn' },
  off: { text: 'Off', kind: 'warn' },
};

export async function show(view, asked) {
  const [readiness, { providers }] = await Promise.all([
    // Not being ready is an answer too.
    read('/readyz').catch((error) => ({ status: error.detail })),
    read('/api/admin/providers/'),
  ]);
  const ready = readiness.status === 'ready';
  view.replaceChildren(
    heading('Health', refreshButton(() => show(view, asked))),
    element('div', { class: 'two' },
      card('Providers',
        rows(providers.map(providerRow), 'None is configured.'),
        element('p', { class: 'hint card-foot' }, 'As this instance knows from sign-ins; asking here asks no provider anything.')),
      card('Service', facts([
        ['Database and schema', badge(ready ? 'Ready' : 'Not ready', ready ? 'good' : 'warn'), ready ? null : ` ${readiness.status}`],
        readiness.session_cache
          ? ['Session cache', badge(readiness.session_cache, readiness.session_cache === 'open' ? 'good' : 'warn')] : null,
      ]))));
}

function providerRow(provider) {
  const { id, type, label, state, detail } = provider;
  return row({
    provider: id,
    title: element('strong', {}, label),
    badges: [badge(STATES[state].text, STATES[state].kind)],
    lines: [
      [element('code', {}, id), type === id ? null : ` of type ${type}`].filter(Boolean),
      detail ? `${state === 'ok' ? 'Last fault' : 'Fault'}: ${detail}` : null,
      historyOf(provider),
    ],
    actions: [element('a', { class: 'button small-button', href: addressOf('users', { provider: id }), 'aria-label': `Users with ${label}` }, 'Users')],
  });
}

// After the pause a sign-in tries the provider again; nothing else does.
function retryOf(retry) {
  return new Date(retry) > Date.now() ? ['left alone, tried again ', timeTo(retry)] : ['the next sign-in tries it again'];
}

function historyOf({ state, failures, retry_at: retry, last_success_at: worked, last_failure_at: failed }) {
  if (!worked && !failed && !retry) return state === 'ok' ? 'Not asked since the start' : null;
  return [
    worked ? ['Last worked ', time(worked)] : ['Has not worked since the start'],
    failed ? ['last failed ', time(failed)] : null,
    failures > 0 ? [`${failures} ${failures === 1 ? 'failure' : 'failures'} in a row`] : null,
    retry ? retryOf(retry) : null,
  ].filter(Boolean).flatMap((part, i) => (i === 0 ? part : [', ', ...part]));
}
