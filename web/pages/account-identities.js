// The part of the account page about connected identities: which there are, disconnecting them, and
// connecting more. The last way in is said to be so before anybody tries to take it away.

import { brandIcon } from '../brand-icons.js';
import { byId, element } from '../dom.js';
import { act, badge, row, rowButton, say } from './account-parts.js';
import { askFirst } from './dialog.js';
import { latchkey } from './page.js';
import { withRecentLogin } from './reauthenticate.js';
import { day } from './sentences.js';

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

// After the way through the provider.
export function sayConnected(page, provider) {
  history.replaceState(history.state, '', location.pathname);
  const known = page.account.identities.some((identity) => identity.provider === provider);
  if (known) say('identities', `${labelOf(page, provider)} is connected. You can sign in with it from now on.`);
}

export function labelOf({ providers }, id) {
  return providers.find((provider) => provider.id === id)?.label ?? id;
}

function isUsable({ providers }, { provider }) {
  return providers.some(({ id }) => id === provider);
}

// As the service counts: the password, and identities whose provider is there.
function isLastWay(page, identity) {
  const { account } = page;
  const another = account.identities.some((one) => one.id !== identity.id && isUsable(page, one));
  return !account.has_password && !another;
}

// Two of one provider, as after a merge, are told apart by their address.
function nameOf(page, identity) {
  const label = labelOf(page, identity.provider);
  const several = page.account.identities.filter(({ provider }) => provider === identity.provider).length > 1;
  return several ? `${label} (${identity.email || 'no address'})` : label;
}

function identityRow(page, identity) {
  const last = isLastWay(page, identity);
  const lines = [identity.email || 'No e-mail address shared', usage(identity)];
  if (!isUsable(page, identity)) lines.push('This service no longer offers it, so you cannot sign in with it.');
  if (last) lines.push('Set a password or connect another provider before you disconnect this one.');
  return row({
    icon: brandIcon(identity.provider),
    title: labelOf(page, identity.provider),
    badges: last ? [badge('Your only way in', 'warn')] : [],
    lines,
    action: last ? null : rowButton('Disconnect', `Disconnect ${nameOf(page, identity)}`, (button) =>
      disconnect(page, identity, button)),
  });
}

async function disconnect(page, identity, button) {
  const name = nameOf(page, identity);
  const sure = await askFirst({
    title: `Disconnect ${name}?`,
    text: `You will not be able to sign in with ${name} any more. You can connect it again at any time.`,
    confirm: `Disconnect ${name}`,
  });
  if (sure) await disconnectNow(page, identity, button);
}

function disconnectNow(page, identity, button) {
  return act('identities', button, async () => {
    const resume = { action: 'disconnect', argument: identity.id };
    const gone = await withRecentLogin(page, resume, () => latchkey.disconnect(identity.id));
    if (gone === null) return null;
    await page.reload();
    return `${nameOf(page, identity)} is disconnected.`;
  });
}

export function resumeDisconnect(page, id) {
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

export function connect(page, provider, button = byId('connect')) {
  return act('identities', button, async () => {
    const resume = { action: 'connect', argument: provider };
    const url = await withRecentLogin(page, resume, () =>
      latchkey.connectUrl(provider, `/account?connected=${encodeURIComponent(provider)}`));
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
