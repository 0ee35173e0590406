// What was mailed about a user, without what it said: that holds codes and links.

import { element } from '../dom.js';
import { badge, card, row, rows, time } from './parts.js';

const KINDS = {
  accounts_merged: 'Notice: accounts were merged',
  change_email: 'Link to a new address',
  confirm_email: 'Link to confirm the address',
  email_changed: 'Notice: the address changed',
  identity_linked: 'Notice: an identity was linked',
  identity_unlinked: 'Notice: an identity was unlinked',
  new_device: 'Notice: a new device',
  password_changed: 'Notice: the password changed',
  reset_password: 'Link to a new password',
  sign_in_code: 'Code of a sign-in',
  signup_existing: 'Notice: somebody signed up with the address',
};
const STATES = {
  waiting: { text: 'Waiting', kind: 'accent' },
  sent: { text: 'Sent', kind: 'good' },
  failed: { text: 'Failed', kind: 'warn' },
};

export function mailsCard({ mails }) {
  return card('Mails', rows(mails.map(mailRow), 'None in the last 30 days.'));
}

function mailRow({ kind, recipient, state, created_at: created, sent_at: sent, attempts, last_error: error }) {
  return row({
    title: element('strong', {}, Object.hasOwn(KINDS, kind) ? KINDS[kind] : kind),
    badges: [badge(STATES[state].text, STATES[state].kind)],
    lines: [
      `To ${recipient}`,
      sent ? ['Sent ', time(sent)] : ['Written ', time(created), attempts > 0 ? `, tried ${attempts} times` : null].filter(Boolean),
      error && state !== 'sent' ? `Last error: ${error}` : null,
    ],
  });
}
