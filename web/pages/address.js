// The address that was typed or proven on the page before, so that nobody types it twice. It stays in
// this tab, and out of addresses of pages, which end in logs.

const KEPT = 'latchkey-address';

export function keepAddress(email) {
  if (email) sessionStorage.setItem(KEPT, email);
}

// Once; empty when there is none.
export function takeAddress() {
  const kept = sessionStorage.getItem(KEPT) ?? '';
  sessionStorage.removeItem(KEPT);
  return kept;
}
