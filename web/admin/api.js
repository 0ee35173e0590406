// What the administration asks of the service, and the address of what is shown: each view is a
// fragment such as "#/users/5" or "#/audit?user=5", so that it can be linked, and going back works.

import { latchkey } from '../pages/page.js';

// `params` that are empty are left out.
export function read(path, params = {}) {
  return latchkey.request('GET', withParams(path, params));
}

// A change, or with `dryRun` what it would change. Whoever asks for a trial has no reason to give yet,
// and what is said of one is not kept.
export async function change({ method, path, body }, { dryRun = false, reason = 'Preview' } = {}) {
  return latchkey.request(method, withParams(path, dryRun ? { dry_run: 1 } : {}), { ...body, reason });
}

export function withParams(path, params) {
  const given = Object.entries(params).filter(([, value]) => value !== '' && value != null);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

// {view, id, params} of the address.
export function place(hash = location.hash) {
  const [path, query] = hash.replace(/^#\/?/, '').split('?');
  const [view, id] = path.split('/');
  return { view: view || 'users', id, params: Object.fromEntries(new URLSearchParams(query)) };
}

export function addressOf(view, { id, ...params } = {}) {
  return withParams(id == null ? `#/${view}` : `#/${view}/${id}`, params);
}
