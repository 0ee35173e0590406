// The account page: who is signed in and by which ways. A service that is down is said to be down;
// only an answer of the service itself makes someone signed out.

import { avatar } from './avatar.js';
import { brandIcon } from './brand-icons.js';
import { byId, element, loginPageFor, showAlert, showState, whileBusy } from './dom.js';
import { LatchkeyClient } from './latchkey-client.js';

const latchkey = new LatchkeyClient();
const LOGIN_PAGE = loginPageFor('/account');

async function load() {
  let account;
  try {
    account = await latchkey.account();
  } catch (error) {
    showAlert(byId('unavailable-alert'), error.detail);
    showState('unavailable');
    return;
  }
  if (account === null) {
    location.replace(LOGIN_PAGE);
    return;
  }
  const labels = await providerLabels();
  showAccount(account, labels);
}

// Identities are shown by their providers' labels; without these the ids do.
async function providerLabels() {
  try {
    const providers = await latchkey.providers();
    return new Map(providers.map(({ id, label }) => [id, label]));
  } catch {
    return new Map();
  }
}

function showAccount(account, labels) {
  byId('profile').replaceChildren(
    avatar(account),
    element('div', { class: 'person-lines' },
      element('p', { class: 'name' }, account.name || account.email),
      element('p', { class: 'address' }, account.email, ' ', emailBadge(account)),
      account.is_staff ? element('p', {}, badge('Staff', 'accent')) : null));
  byId('facts').replaceChildren(
    ...fact('Account number', String(account.id)),
    ...fact('Password', account.has_password ? 'Set' : 'None: you sign in through a provider'));
  const rows = account.identities.map((identity) => identityRow(identity, labels));
  if (account.has_password) rows.unshift(row(brandIcon('password'), 'Password', account.email));
  byId('identities').replaceChildren(...rows);
  showAlert(byId('account-alert'), null);
  showState('account');
}

function emailBadge(account) {
  return account.email_verified ? badge('Verified', 'good') : badge('Not verified', 'warn');
}

function badge(text, kind) {
  return element('span', { class: `badge ${kind}` }, text);
}

function fact(name, value) {
  return [element('dt', {}, name), element('dd', {}, value)];
}

function identityRow(identity, labels) {
  const label = identity.label ?? labels.get(identity.provider) ?? identity.provider;
  const shown = identity.email || 'No e-mail address shared';
  return row(brandIcon(identity.provider), label, shown, usage(identity));
}

function row(icon, title, ...lines) {
  const texts = lines.filter(Boolean).map((line) => element('span', { class: 'muted' }, line));
  return element('li', {}, icon,
    element('span', { class: 'person-lines' }, element('strong', {}, title), ...texts));
}

function usage({ linked_at: linked, last_used_at: used }) {
  const parts = [];
  if (day(linked)) parts.push(`Connected ${day(linked)}`);
  if (day(used)) parts.push(`last used ${day(used)}`);
  return parts.join(', ');
}

function day(time) {
  const date = new Date(time ?? NaN);
  if (Number.isNaN(date.getTime())) return null;
  return new Intl.DateTimeFormat('en', { dateStyle: 'medium' }).format(date);
}

function signOut(button, everywhere) {
  return whileBusy(button, async () => {
    try {
      await latchkey.logout({ everywhere });
      location.assign(LOGIN_PAGE);
    } catch (error) {
      showAlert(byId('account-alert'), `You are still signed in. ${error.detail}`);
    }
  });
}

byId('retry').addEventListener('click', ({ currentTarget }) => whileBusy(currentTarget, load));
byId('sign-out').addEventListener('click', (event) => signOut(event.currentTarget, false));
byId('sign-out-everywhere').addEventListener('click', (event) => signOut(event.currentTarget, true));
// Going back after a sign-out must not show the account from the back/forward cache.
addEventListener('pageshow', (event) => event.persisted && location.reload());
load();
