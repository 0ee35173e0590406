// "Confirm that it is you": comes up when the service asks for a recent login, takes the password or
// leads through a connected provider, and has the action repeated.

import { brandIcon } from '../brand-icons.js';
import { element } from '../dom.js';
import { openDialog } from './dialog.js';
import { makeForm, passwordField } from './forms.js';
import { latchkey } from './page.js';

const KEPT = 'latchkey-resume';
const KEPT_MS = 5 * 60_000;  // as long as a login counts as recent

// Answers what `action` answers, or null when the visitor would rather not. `resume` names the action
// for the case that the way leads through a provider: {action, argument}, no secrets.
export async function withRecentLogin({ account, providers }, resume, action) {
  try {
    return await action();
  } catch (error) {
    if (error.code !== 'reauthentication_required') throw error;
  }
  return (await confirmIdentity(account, providers, resume)) ? action() : null;
}

// What was to be done before the way led through a provider, once; null when there is nothing.
export function takeResumed() {
  const back = new URLSearchParams(location.search).has('confirmed');
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null');
  sessionStorage.removeItem(KEPT);
  if (!back) return null;
  history.replaceState(history.state, '', location.pathname);
  return kept && Date.now() - kept.at < KEPT_MS ? kept : null;
}

function confirmIdentity(account, providers, resume) {
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
    sessionStorage.setItem(KEPT, JSON.stringify({ ...resume, at: Date.now() }));
    location.assign(latchkey.reauthenticationUrl(id, '/account?confirmed=1'));
  });
  return button;
}
