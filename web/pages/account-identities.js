// The part of the account page about connected identities: which there are, disconnecting them, and
// connecting more. The last way in is said to be so before anybody tries to take it away.

import { brandIcon } from '../brand-icons.js';
import { byId, element } from '../dom.js';
import { act, badge, row, rowButton, say } from './account-parts.js';
import { askFirst } from './dialog.js';
import { latchkey } from './page.js';
import { takeResumed, withRecentLogin } from './reauthenticate.js';
import { day } from './sentences.js';

const CONNECTED = 'connected';

export function showIdentities(page) {
  const { account, providers } = page;
  const rows = account.identities.map((identity) => identityRow(page, identity));
  if (account.has_password) {
    rows.unshift(row({ icon: brandIcon('password'), title: 'Password', lines: [`With ${account.email}`] }));
  }
  byId('identities').replaceChildren(...rows);
  byId('identities').hidden = rows.length === 0;
  const connected = new Set(account.identities.map(({ provider }) => provider));
  const others = providers.filter(({ id }) => !connected.has(id));
  byId('connect').replaceChildren(...(others.length > 0 ? connectPart(page, others) : []));
}

// Comes back from a provider: after connecting it, or after confirming who it is.
export function resumeIdentities(page) {
  const connected = new URLSearchParams(location.search).get(CONNECTED);
  if (connected) {
    history.replaceState(history.state, '', location.pathname);
    const known = page.account.identities.some(({ provider }) => provider === connected);
    if (known) say('identities', `${labelOf(page, connected)} is connected. You can sign in with it from now on.`);
  }
  const resumed = takeResumed();
  if (resumed?.action === 'connect') connect(page, resumed.argument, null);
  else if (resumed?.action === 'disconnect') resumeDisconnect(page, resumed.argument);
  else if (resumed) say('access', 'Thank you, it is you. You can make the change now.');
}

function labelOf({ providers }, id) {
  return providers.find((provider) => provider.id === id)?.label ?? id;
}

// As the service counts: the password, and identities whose provider is there.
function isLastWay({ account, providers }, identity) {
  const usable = account.identities.filter(
    ({ id, provider }) => id !== identity.id && providers.some((one) => one.id === provider));
  return !account.has_password && usable.length === 0;
}

function identityRow(page, identity) {
  const label = labelOf(page, identity.provider);
  const last = isLastWay(page, identity);
  const lines = [identity.email || 'No e-mail address shared', usage(identity)];
  if (last) lines.push('Set a password or connect another provider before you disconnect this one.');
  return row({
    icon: brandIcon(identity.provider),
    title: label,
    badges: last ? [badge('Your only way in', 'warn')] : [],
    lines,
    action: last ? null : rowButton('Disconnect', `Disconnect ${label}`, (button) =>
      disconnect(page, identity, button)),
  });
}

async function disconnect(page, identity, button) {
  const label = labelOf(page, identity.provider);
  const sure = await askFirst({
    title: `Disconnect ${label}?`,
    text: `You will not be able to sign in with ${label} any more. You can connect it again at any time.`,
    confirm: `Disconnect ${label}`,
  });
  if (sure) await disconnectNow(page, identity, button);
}

function disconnectNow(page, identity, button) {
  return act('identities', button, async () => {
    const resume = { action: 'disconnect', argument: identity.id };
    const gone = await withRecentLogin(page, resume, () => latchkey.disconnect(identity.id));
    if (gone === null) return null;
    await page.reload();
    return `${labelOf(page, identity.provider)} is disconnected.`;
  });
}

function resumeDisconnect(page, id) {
  const identity = page.account.identities.find((one) => one.id === id);
  if (identity) disconnectNow(page, identity, byId('identities'));
}

function connectPart(page, providers) {
  const buttons = providers.map((provider) => {
    const button = element('button', { class: 'button', type: 'button', 'data-connect': provider.id },
      brandIcon(provider.id), `Connect ${provider.label}`);
    button.addEventListener('click', () => connect(page, provider.id, button));
    return button;
  });
  return [
    element('p', { class: 'muted connect-line' }, 'Connect another provider to have one more way in:'),
    element('div', { class: 'actions tight' }, ...buttons),
  ];
}

function connect(page, provider, button) {
  return act('identities', button ?? byId('connect'), async () => {
    const resume = { action: 'connect', argument: provider };
    const url = await withRecentLogin(page, resume, () =>
      latchkey.connectUrl(provider, `/account?${CONNECTED}=${encodeURIComponent(provider)}`));
    if (url) location.assign(url);
    return null;
  });
}

function usage({ linked_at: linked, last_used_at: used }) {
  const parts = [];
  if (day(linked)) parts.push(`Connected ${day(linked)}`);
  if (day(used)) parts.push(`last used ${day(used)}`);
  return parts.join(', ');
}
