// What the account page goes on with when the visitor comes back from a provider: after connecting
// it, after confirming who they are, or to make two accounts one.

import { resumeDisconnect, connect, sayConnected } from './account-identities.js';
import { offerMerge } from './account-merge.js';
import { say } from './account-parts.js';
import { takeResumed } from './reauthenticate.js';

export function resume(page) {
  const asked = new URLSearchParams(location.search);
  const resumed = takeResumed();
  if (resumed?.action === 'connect') connect(page, resumed.argument);
  else if (resumed?.action === 'disconnect') resumeDisconnect(page, resumed.argument);
  else if (resumed?.action === 'merge') offerMerge(page, resumed.argument);
  else if (resumed) say('access', 'Thank you, it is you. You can make the change now.');
  else if (asked.has('merge')) offerMerge(page, asked.get('merge'));
  else if (asked.has('connected')) sayConnected(page, asked.get('connected'));
}
