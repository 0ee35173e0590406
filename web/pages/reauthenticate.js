// "Confirm that it is you": comes up when the service asks for a recent login before a change, takes
// the password or leads through a connected provider and back to where the visitor was, and has the
// change repeated. The account page and the administration both use it.

import { brandIcon } from '../brand-icons.js';
import { element } from '../dom.js';
import { openDialog } from './dialog.js';
import { makeForm, passwordField } from './forms.js';
import { latchkey } from './page.js';

const KEPT_MS = 5 * 60_000;  // as long as a login counts as recent
const CONFIRMED = 'confirmed';

// Each page keeps its own; none takes up what another was at.
const keptName = () => `latchkey-resume ${location.pathname}`;

// Answers what `action` answers, or null when the visitor would rather not. `resume` says how to go on
// when the way leads through a provider and so away from this page: plain data, no secrets.
export async function withRecentLogin(visitor, resume, action) {
  try {
    return await action();
  } catch (error) {
    if (error.code !== 'reauthentication_required') throw error;
  }
  return (await confirmIdentity(visitor, resume)) ? action() : null;
}

// What was to be done before the way led through a provider, once; null when there is nothing, or when
// the visitor came back without having confirmed anything.
export function takeResumed() {
  const kept = JSON.parse(sessionStorage.getItem(keptName()) ?? 'null');
  sessionStorage.removeItem(keptName());
  if (!new URLSearchParams(location.search).has(CONFIRMED)) return null;
  history.replaceState(history.state, '', location.pathname + location.hash);
  return kept && Date.now() - kept.at < KEPT_MS ? kept : null;
}

function confirmIdentity({ account, providers }, resume) {
  const connected = new Set(account.identities.map(({ provider }) => provider));
  const usable = providers.filter(({ id }) => connected.has(id));
  return openDialog('Confirm that it is you', (close) => {
    const parts = [element('p', {}, 'Your last sign-in was more than five minutes ago, and this is a change that '
      + 'only you should make.')];
    if (account.has_password) parts.push(passwordPart(account, close));
    if (account.has_password && usable.length > 0) {
      parts.push(element('p', { class: 'divider' }, element('span', {}, 'or')));
    }
    parts.push(...usable.map((provider) => providerButton(provider, resume)));
    if (!account.has_password && usable.length === 0) {
      parts.push(element('p', {}, 'Please sign out and sign in again.'));
    }
    const cancel = element('button', { class: 'button quiet', type: 'button' }, 'Cancel');
    cancel.addEventListener('click', () => close());
    parts.push(element('div', { class: 'actions' }, cancel));
    return parts;
  });
}

function passwordPart(account, close) {
  const { form } = makeForm({
    id: 'reauthenticate',
    label: 'Confirm with your password',
    fields: [passwordField({ id: 'reauthenticate-password', label: `Password of ${account.email}`, autofocus: true })],
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
  const button = element('button', { class: 'button wide-button', type: 'button' },
    brandIcon(id), `Confirm with ${label}`);
  button.addEventListener('click', () => {
    button.setAttribute('aria-busy', 'true');
    sessionStorage.setItem(keptName(), JSON.stringify({ ...resume, at: Date.now() }));
    location.assign(latchkey.reauthenticationUrl(id, `${location.pathname}?${CONFIRMED}=1${location.hash}`));
  });
  return button;
}
