// Entries of the audit log, as the audit view and the page of a user show them.

import { element } from '../dom.js';
import { differencesOf, time, userLink } from './parts.js';

const ACTIONS = {
  sign_in: 'Signed in',
  'sign_in.pending': 'Sign-in waits for a proof',
  'sign_in.refused': 'Sign-in refused',
  'sign_in.code_sent': 'Code mailed',
  'sign_in.code_refused': 'Wrong code',
  reauthenticate: 'Login confirmed',
  'user.create': 'User created',
  'user.sign_up': 'Signed up again',
  'user.claim': 'Account claimed by its address',
  'user.disable': 'Disabled',
  'user.enable': 'Enabled',
  'user.rename': 'Name changed',
  'user.grant_staff': 'Made staff',
  'user.revoke_staff': 'No longer staff',
  'user.merge': 'Merged',
  'user.merge_undo': 'Merge undone',
  'email.change': 'Address changed',
  'email.change_requested': 'Another address asked for',
  'email.verify': 'Address verified',
  'email.verify_requested': 'Confirmation of the address asked for',
  'email.unverify': 'Address no longer verified',
  'identity.link': 'Identity linked',
  'identity.unlink': 'Identity unlinked',
  'identity.move': 'Identity moved',
  'identity.preauthorise': 'Identity allowed beforehand',
  'identity.preauthorisation_revoke': 'No longer allowed beforehand',
  'session.revoke': 'Sessions ended',
  'password.set': 'Password set',
  'password.change': 'Password changed',
  'password.reset': 'Password reset',
  'password.reset_requested': 'New password asked for',
  'webhook.replay': 'Webhook sent again',
};

export const actionNames = Object.keys(ACTIONS);
export const nameOf = (action) => (Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : action);

export function entryRow(entry, { aboutUser } = {}) {
  const { before, after } = entry.details ?? {};
  const elsewhere = entry.user_id && entry.user_id !== aboutUser;
  return element('li', { class: 'entry' },
    element('div', { class: 'entry-time muted' }, time(entry.at)),
    element('div', { class: 'item-lines' },
      element('span', { class: 'item-title' },
        element('strong', {}, nameOf(entry.action)),
        elsewhere ? userLink(entry.user_id) : null,
        entry.provider ? element('span', { class: 'subject' }, subjectOf(entry)) : null),
      entry.reason ? element('span', { class: 'reason' }, entry.reason) : null,
      mergeLine(after),
      differencesOf(before, after),
      element('span', { class: 'muted origin' }, ...originOf(entry))));
}

function subjectOf({ provider, subject }) {
  return subject ? `${provider}: ${subject}` : provider;
}

function mergeLine(after) {
  const moved = after?.report?.moved;
  if (!moved) return null;
  return element('span', {}, 'User ', userLink(after.report.from, String(after.report.from)), ' into user ',
    userLink(after.report.into, String(after.report.into)),
    `, with ${moved.identities.map(subjectOf).join(', ') || 'no identities'}`);
}

function originOf({ actor, ip, request_id: request, action }) {
  const parts = [actor ? `by ${actor}` : 'by themselves'];
  if (ip) parts.push(`from ${ip}`);
  if (request) parts.push(`request ${request}`);
  return [element('code', {}, action), ` ${parts.join(', ')}`];
}
