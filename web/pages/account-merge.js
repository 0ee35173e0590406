// The part of the account page that makes two accounts one. Whoever tried to connect a provider that
// belongs to another account of theirs has proven both: this one by their session, the other one at
// the provider. The service remembers that for ten minutes. First it is said what would happen.

import { byId, element, showAlert } from '../dom.js';
import { showDevices } from './account-devices.js';
import { connect, labelOf } from './account-identities.js';
import { act, badge, row, say } from './account-parts.js';
import { latchkey } from './page.js';
import { withRecentLogin } from './reauthenticate.js';
import { sentenceOf } from './sentences.js';

const OF_STAFF = 'One of the two accounts belongs to the staff. Only an administrator can merge it.';
const EXPIRED = 'That you are at home in both accounts is remembered for ten minutes, and they are over.';

// Shows what would happen, and asks. `provider`: the one that was to be connected.
export async function offerMerge(page, provider) {
  fill(element('p', { role: 'status' }, 'Looking at both accounts'));
  byId('merge').hidden = false;
  byId('merge-title').focus();
  try {
    const preview = await withRecentLogin(page, resumeWith(provider), () => latchkey.previewMerge());
    if (preview === null) close();
    else fill(...question(page, provider, preview));
  } catch (error) {
    refuse(page, provider, error);
  }
}

function resumeWith(provider) {
  return { action: 'merge', argument: provider };
}

function fill(...parts) {
  showAlert(byId('merge-alert'), null);
  byId('merge-part').replaceChildren(...parts);
}

// Nothing has happened. The address no longer asks for it, so that a reload does not either.
function close() {
  byId('merge').hidden = true;
  history.replaceState(history.state, '', location.pathname);
  document.querySelector('h1:not([hidden] *)')?.focus();
}

function refuse(page, provider, error) {
  const gone = error.code === 'no_merge_offer';
  const again = `Connect ${labelOf(page, provider)} again`;
  const ways = gone && isOffered(page, provider)
    ? [button(again, 'button primary', (pressed) => connect(page, provider, pressed))] : [];
  fill(element('div', { class: 'actions' }, ...ways, button('Close', 'button', close)));
  const other = error.code === 'permission_denied' ? OF_STAFF : sentenceOf(error);
  showAlert(byId('merge-alert'), gone ? EXPIRED : other);
  byId('merge-alert').focus();
}

// Whether this page has a button that connects it.
function isOffered({ account, providers }, provider) {
  return providers.some(({ id }) => id === provider)
    && !account.identities.some((identity) => identity.provider === provider);
}

function button(text, kind, onClick) {
  const node = element('button', { class: kind, type: 'button' }, text);
  node.addEventListener('click', () => onClick(node));
  return node;
}

function question(page, provider, { other, report }) {
  const { account } = page;
  const takePassword = !account.has_password && other.has_password
    ? element('input', { type: 'checkbox', id: 'take-password' }) : null;
  const merge = (pressed) => mergeNow(page, provider, other, pressed, takePassword?.checked ?? false);
  return [
    element('p', {}, `You have shown that both accounts are yours: you are signed in to the one, and `
      + `${labelOf(page, provider)} has just vouched for you as the other.`),
    element('ul', { class: 'rows', role: 'list', 'aria-label': 'The two accounts' },
      person(account, badge('Stays', 'good')), person(other, badge('Becomes part of it', 'accent'))),
    element('h3', {}, 'What happens'),
    element('ul', { class: 'facts' }, ...facts(page, other, report).map((fact) => element('li', {}, fact))),
    takePassword ? element('label', { class: 'check' }, takePassword,
      `Sign in as ${account.email} with the password of the other account from then on`) : null,
    element('p', { class: 'hint' }, 'Would you rather keep the other one? Then sign in to that one and connect '
      + 'from there. The people who run this service can take a merge back for 30 days.'),
    element('div', { class: 'actions' },
      button('Make the two accounts one', 'button primary', merge), button('Cancel', 'button', close)),
  ].filter(Boolean);
}

function person({ name, email, id }, mark) {
  return row({ title: name || email, badges: [mark], lines: [name ? email : null, `Account number ${id}`] });
}

function facts(page, other, { moved, conflicts }) {
  const { account } = page;
  const labels = [...new Set(moved.identities.map(({ provider }) => labelOf(page, provider)))];
  const ways = new Intl.ListFormat('en').format(labels);
  const told = [
    `${ways} ${labels.length === 1 ? 'signs' : 'sign'} you in to the account that stays.`,
    `Its address stays ${account.email}. ${other.email} is no longer a name to sign in with, and nobody else can take it.`,
    passwordFact(account, other),
    sessionsFact(moved.sessions_revoked),
    'What an application keeps for the other account does not move by this. Ask there if you miss something.',
  ];
  if (conflicts.some(({ code }) => code === 'target_email_unverified')) {
    told.push(`Nobody has shown yet that ${account.email} is yours: whoever does that first gets the account. `
      + 'Confirm your address before you merge.');
  }
  return told.filter(Boolean);
}

function passwordFact(account, other) {
  if (account.has_password) {
    return `Your password stays what it is.${other.has_password ? ' That of the other account ends.' : ''}`;
  }
  return other.has_password ? 'The password of the other account ends, unless you keep it.' : null;
}

function sessionsFact(count) {
  if (count === 0) return null;
  return `The other account is signed out everywhere (${count} ${count === 1 ? 'session' : 'sessions'}).`;
}

async function mergeNow(page, provider, other, pressed, takePassword) {
  await act('merge', pressed, async () => {
    try {
      const merged = await withRecentLogin(page, resumeWith(provider), () => latchkey.mergeAccounts({ takePassword }));
      if (merged === null) return;
    } catch (error) {
      refuse(page, provider, error);
      return;
    }
    close();
    await page.reload();
    await showDevices();
    say('identities', `The account of ${other.email} is part of this one now.`);
  });
}
