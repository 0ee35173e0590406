// Starts a change by its name, shows how it went, and shows the view anew.

import { changeDialog } from './change-dialog.js';
import { CHANGES } from './changes.js';
import { say } from './parts.js';

let staff;
let showAgain;

// `by`: {account, providers} of whoever makes the changes. What one may have changed is on the view,
// which `show` shows anew.
export function setUpChanges(by, show) {
  staff = by;
  showAgain = show;
}

export async function startChange(kind, about, values = {}) {
  const order = CHANGES[kind](about, values);
  const answer = await changeDialog(order, staff, { kind, about });
  if (!answer) return;
  await showAgain();
  say([order.done, ...lostOf(answer)].join(' '));
}

// What an undo could not give back.
function lostOf({ report }) {
  return (report?.not_restored ?? []).map(({ detail }) => detail);
}
