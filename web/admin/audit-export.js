// The audit log as one file for other programs, one entry a line. The service hands it out page by
// page; here they are put together, so that a long log comes whole.

import { element } from '../dom.js';
import { LatchkeyError } from '../latchkey-client.js';
import { withParams } from './api.js';

const KEPT_MS = 60_000;  // how long the file is there to be saved

// `wanted` is the filter. `told(entries)` hears how many there are so far and answers whether to go on.
// Answers how many were saved, or null when it was given up.
export async function saveEntries(wanted, told) {
  const pages = [];
  let entries = 0;
  let next = null;
  do {
    const { text, after } = await readPage({ ...wanted, page: next });
    // A blob is kept outside of the script's memory.
    pages.push(new Blob([text]));
    entries += text.split('\n').length - 1;
    next = after;
    if (!told(entries)) return null;
  } while (next);
  save(new Blob(pages, { type: 'application/x-ndjson' }));
  return entries;
}

async function readPage(params) {
  const path = withParams('/api/admin/audit/', { ...params, format: 'ndjson' });
  let response;
  try {
    response = await fetch(path, { cache: 'no-store' });
    if (response.ok) return { text: await response.text(), after: response.headers.get('X-Next-Page') };
  } catch {
    throw new LatchkeyError({ code: 'network_error', detail: 'The export broke off. Check your connection and try again.' });
  }
  const { code = 'unexpected_answer', detail, errors } = await response.json().catch(() => ({}));
  throw new LatchkeyError({ code, detail, errors, status: response.status });
}

function save(file) {
  const url = URL.createObjectURL(file);
  const name = `audit-${new Date().toISOString().slice(0, 10)}.ndjson`;
  element('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
