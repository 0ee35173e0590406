// One user: who it is and why there is one, the ways in, the sessions, merges and the audit log, and
// what staff can do about each.

import { element } from '../dom.js';
import { day } from '../pages/sentences.js';
import { addressOf, read } from './api.js';
import { entryRow, nameOf } from './entries.js';
import { mailsCard } from './mails.js';
import { badge, badgesOf, button, card, facts, heading, personOf, row, rows, time, userLink } from './parts.js';
import { startChange } from './user-changes.js';

export async function show(view, { id, providers }) {
  const [user, merges, origin] = await Promise.all([
    read(`/api/admin/users/${encodeURIComponent(id)}/`),
    read('/api/admin/merges/', { user: id }),
    originOf(id),
  ]);
  const survivor = user.merged_into ? await read(`/api/admin/users/${user.merged_into}/`) : null;
  // What a change is about is plain data, because it may have to wait for a confirmation elsewhere.
  const about = { user: { id: user.id, email: user.email, name: user.name }, providers };
  view.replaceChildren(
    heading(user.name || user.email, ...badgesOf(user)),
    survivor ? element('p', { class: 'notice' }, 'Merged into ', userLink(survivor.id, personOf(survivor)), '.') : '',
    element('div', { class: 'two' },
      element('div', { class: 'stack' },
        profileCard(user, about), originCard(user, origin), identitiesCard(user, about)),
      element('div', { class: 'stack' }, sessionsCard(user, about), mergesCard(user, merges.results), mailsCard(user))),
    auditCard(user));
}

// The entries that tell how the user came about.
async function originOf(id) {
  const entries = await Promise.all(['user.create', 'user.claim']
    .map((action) => read('/api/admin/audit/', { user: id, action })));
  return entries.flatMap(({ results }) => results).sort((a, b) => a.id - b.id);
}

function profileCard(user, about) {
  const change = (text, kind, options) => button(text, () => startChange(kind, about), options);
  const actions = user.merged_into ? [] : [
    change('Change name', 'rename'),
    change('Change address', 'email'),
    change('Merge', 'merge'),
    user.is_staff ? change('Take staff away', 'unstaff') : change('Make staff', 'staff'),
    user.disabled ? change('Enable', 'enable') : change('Disable', 'disable', { kind: 'danger' }),
  ];
  return card('Profile',
    facts([
      ['Number', String(user.id)],
      ['Address', user.email, ' ', user.email_verified ? badge('Verified', 'good') : badge('Not verified', 'warn')],
      ['Name', user.name || 'none'],
      ['Password', user.has_password ? 'set' : 'none'],
      ['Created', time(user.created_at)],
      ['Last here', time(user.last_login_at)],
      user.disabled ? ['Disabled', time(user.disabled_at)] : null,
    ]),
    actions.length > 0 ? element('div', { class: 'actions tight' }, ...actions) : null);
}

function originCard(user, entries) {
  if (entries.length === 0) {
    return card('Why this user exists',
      element('p', {}, 'The audit log does not tell: it was made at the command line, or the entry is no longer kept.'));
  }
  return card('Why this user exists', element('ol', { class: 'origins' }, ...entries.map((entry) =>
    element('li', {},
      element('strong', {}, entry.reason || nameOf(entry.action)),
      element('span', { class: 'muted' }, nameOf(entry.action), ' ', time(entry.at), ...howOf(entry))))));
}

function howOf({ provider, subject, actor, ip }) {
  return [
    provider ? `, at ${provider} as ${subject}` : null,
    actor ? `, by ${actor}` : null,
    ip ? `, from ${ip}` : null,
  ].filter(Boolean);
}

function identitiesCard(user, about) {
  const identities = user.identities.map((identity) => row({
    provider: identity.provider,
    title: element('strong', {}, labelOf(identity.provider, about)),
    badges: identity.email && identity.email_verified ? [badge('Verified', 'good')] : [],
    lines: [
      ['Subject ', element('code', {}, identity.subject)],
      identity.email || 'No address shared',
      ['Linked ', time(identity.linked_at), ', last used ', time(identity.last_used_at)],
    ],
    actions: [
      button('Move', () => startChange('move', { ...about, identity }), { name: `Move ${identity.provider} ${identity.subject}` }),
      button('Unlink', () => startChange('unlink', { ...about, identity }), { name: `Unlink ${identity.provider} ${identity.subject}`, kind: 'danger' }),
    ],
  }));
  const allowed = user.preauthorised.map((preauthorised) => row({
    provider: preauthorised.provider,
    title: element('strong', {}, labelOf(preauthorised.provider, about)),
    badges: [badge('Allowed beforehand', 'accent')],
    lines: [preauthorised.email, `until ${day(preauthorised.expires_at)}`],
    actions: [button('Revoke', () => startChange('revoke', { ...about, preauthorised }), { kind: 'danger', name: `Revoke ${preauthorised.email}` })],
  }));
  return card('Identities',
    rows([...identities, ...allowed], noIdentities(user)),
    user.merged_into ? null : element('div', { class: 'actions tight' },
      button('Link an identity', () => startChange('link', about)),
      button('Allow one beforehand', () => startChange('preauthorise', about))));
}

function noIdentities({ merged_into: merged, has_password: password }) {
  if (merged) return 'None: they have moved along.';
  return password ? 'None: this user signs in with the password.' : 'None, and no password: this user has no way in yet.';
}

function labelOf(provider, { providers }) {
  return providers.find(({ id }) => id === provider)?.label ?? provider;
}

function sessionsCard(user, about) {
  const sessions = user.sessions.map((session) => row({
    title: element('strong', {}, session.ip || 'Unknown address'),
    badges: session.remember ? [badge('Remembered', 'accent')] : [],
    lines: [
      session.user_agent ? element('span', { class: 'agent', title: session.user_agent }, session.user_agent) : null,
      [`With ${session.method === 'password' ? 'the password' : labelOf(session.method, about)} `, time(session.created_at),
        ', last seen ', time(session.last_seen_at)],
    ],
    actions: [button('End', () => startChange('endSession', { ...about, session }), { name: `End the session from ${session.ip}` })],
  }));
  return card('Sessions', rows(sessions, 'Signed in nowhere.'),
    sessions.length > 0
      ? element('div', { class: 'actions tight' }, button('End all sessions', () => startChange('endSessions', about), { kind: 'danger' }))
      : null);
}

function mergesCard(user, merges) {
  const items = merges.map((merge) => {
    const undoable = !merge.undone_at && new Date(merge.undoable_until) > new Date();
    const other = merge.from === user.id ? merge.into : merge.from;
    return row({
      title: element('strong', {}, merge.from === user.id ? 'Into ' : 'From ', userLink(other)),
      badges: merge.undone_at ? [badge('Undone', 'good')] : [],
      lines: [
        merge.reason,
        [time(merge.merged_at), ` by ${merge.actor}`],
        undoable ? `Can be undone until ${day(merge.undoable_until)}` : null,
        ...(merge.undo_report?.not_restored ?? []).map(({ detail }) => detail),
      ],
      actions: undoable
        ? [button('Undo', () => startChange('undo', { merge: { id: merge.id, from: merge.from, into: merge.into } }), { name: `Undo the merge with user ${other}` })]
        : [],
    });
  });
  return card('Merges', rows(items, 'Never merged.'));
}

function auditCard(user) {
  return card('What happened',
    user.audit.length > 0
      ? element('ol', { class: 'entries' }, ...user.audit.map((entry) => entryRow(entry, { aboutUser: user.id })))
      : element('p', { class: 'muted' }, 'The audit log holds nothing about this user.'),
    user.audit.length > 0
      ? element('p', {}, element('a', { href: addressOf('audit', { user: user.id }) }, 'All of it in the audit log')) : null);
}
