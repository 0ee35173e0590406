// What a dry run answered, as the dialog of a change shows it before anything is changed.

import { element } from '../dom.js';
import { read } from './api.js';
import { nameOf } from './entries.js';
import { differencesOf, personOf } from './parts.js';

// Whom a merge is about, because a number is soon mistaken for another.
export async function mergedOf({ report }) {
  if (!report?.into) return null;
  const people = await Promise.all([report.from, report.into].map((id) => read(`/api/admin/users/${id}/`)));
  return people.map(personOf);
}

// A merge that the service will refuse unless it is forced.
export function isBlocked(answer, forced) {
  return !forced && blockingOf(answer).length > 0;
}

function blockingOf({ report }) {
  return (report?.conflicts ?? []).filter(({ blocking }) => blocking).map(({ detail }) => detail);
}

// `people`: whom a merge is about, of mergedOf(). `forced`: conflicts are to stop nothing.
export function previewOf(answer, { people, forced }) {
  const { changes, warnings, report } = answer;
  const blocking = isBlocked(answer, forced) ? blockingOf(answer) : [];
  const others = warnings.filter((warning) => !blocking.includes(warning));
  return element('div', { class: 'preview' },
    element('h3', {}, 'What will change'),
    changes.length === 0 ? element('p', {}, 'Nothing.') : null,
    people ? element('p', {}, people[0], element('strong', {}, ' becomes part of '), people[1]) : null,
    report ? reportOf(report) : element('ul', { class: 'changes', role: 'list' }, ...changes.map(changeLine)),
    blocking.length > 0
      ? element('p', { class: 'alert' }, `${blocking.join(' ')} Go back to choose whether to merge nevertheless.`) : null,
    others.length > 0
      ? element('ul', { class: 'warnings', 'aria-label': 'Warnings' }, ...others.map((text) => element('li', {}, text)))
      : null);
}

function changeLine({ action, user_id: user, provider, subject, before, after }) {
  return element('li', {},
    element('span', { class: 'item-title' }, element('strong', {}, nameOf(action)), `user ${user}`,
      provider ? element('span', { class: 'subject' }, subject ? `${provider}: ${subject}` : provider) : null),
    differencesOf(before, after));
}

// What goes from one user to the other in a merge, or back in its undo.
function reportOf({ moved, restored }) {
  const [what, goes, go] = restored ? [restored, 'goes back', 'go back'] : [moved, 'moves', 'move'];
  const lines = what.identities.map(({ provider, subject }) => `Identity ${provider}: ${subject} ${goes}`);
  if (what.sessions > 0) lines.push(`Sessions that ${go}: ${what.sessions}`);
  if (what.sessions_revoked > 0) lines.push(`Sessions that end: ${what.sessions_revoked}`);
  if (what.preauthorised > 0) lines.push(`Identities allowed beforehand that ${go}: ${what.preauthorised}`);
  if (what.password === 'taken') lines.push('The password moves');
  if (lines.length === 0) lines.push(`No identity and no session ${goes}`);
  return element('ul', { class: 'moved' }, ...lines.map((line) => element('li', {}, line)));
}
