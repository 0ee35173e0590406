// "Confirm that it is you": comes up when the service asks for a recent login before a change, takes
// the password or leads through a connected provider, and has the change repeated.

import { brandIcon } from '../brand-icons.js';
import { element } from '../dom.js';
import { openDialog } from '../pages/dialog.js';
import { makeForm, passwordField } from '../pages/forms.js';
import { latchkey } from './api.js';

const KEPT = 'latchkey-admin-resume';
const KEPT_MS = 5 * 60_000;  // as long as a login counts as recent
const BACK = '/admin/?confirmed=1';

let staff;

// Whose login it is.
export function setStaff(account, providers) {
  const connected = new Set(account.identities.map(({ provider }) => provider));
  staff = { account, providers: providers.filter(({ id }) => connected.has(id)) };
}

// Answers what `action` answers, or null when the visitor would rather not. `resume()` says how to go
// on when the way leads through a provider and so away from this page.
export async function withRecentLogin(resume, action) {
  try {
    return await action();
  } catch (error) {
    if (error.code !== 'reauthentication_required') throw error;
  }
  return (await confirmLogin(resume)) ? action() : null;
}

// Keeps where the visitor is, and what they were at, for when they come back from signing in.
export function keep(resume) {
  sessionStorage.setItem(KEPT, JSON.stringify({ hash: location.hash, at: Date.now(), ...resume }));
}

// What was kept, once: {hash, kind?, about?, values?}, or null.
export function takeKept() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null');
  sessionStorage.removeItem(KEPT);
  const confirmed = new URLSearchParams(location.search).has('confirmed');
  if (confirmed) history.replaceState(history.state, '', location.pathname + location.hash);
  if (!kept || Date.now() - kept.at > KEPT_MS) return null;
  // What was about to be changed is taken up only by whoever has confirmed who they are.
  return confirmed ? kept : { hash: kept.hash };
}

function confirmLogin(resume) {
  const { account, providers } = staff;
  return openDialog('Confirm that it is you', (close) => {
    const cancel = element('button', { class: 'button quiet', type: 'button' }, 'Cancel');
    cancel.addEventListener('click', () => close());
    return [
      element('p', {}, 'Your last sign-in was more than five minutes ago, and a change needs a recent one.'),
      account.has_password ? passwordPart(close) : null,
      account.has_password && providers.length > 0
        ? element('p', { class: 'divider' }, element('span', {}, 'or')) : null,
      ...providers.map((provider) => providerButton(provider, resume)),
      element('div', { class: 'actions' }, cancel),
    ].filter(Boolean);
  });
}

function passwordPart(close) {
  const label = `Password of ${staff.account.email}`;
  const { form } = makeForm({
    id: 'confirm-login',
    label: 'Confirm with your password',
    fields: [passwordField({ id: 'confirm-password', label, autofocus: true })],
    submit: 'Confirm',
    sentences: { invalid_credentials: 'This is not your password.' },
    action: async ({ password }) => {
      await latchkey.reauthenticate(password);
      close(true);
    },
  });
  return form;
}

function providerButton({ id, label }, resume) {
  const to = latchkey.reauthenticationUrl(id, BACK);
  const link = element('a', { class: 'button wide-button', href: to }, brandIcon(id), `Confirm with ${label}`);
  link.addEventListener('click', () => keep(resume()));
  return link;
}
