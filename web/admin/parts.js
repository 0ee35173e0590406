// What the views are made of: cards, rows, links to users, times, and before and after.

import { brandIcon } from '../brand-icons.js';
import { byId, element, showAlert, whileBusy } from '../dom.js';
import { ago, day, sentenceOf } from '../pages/sentences.js';
import { addressOf } from './api.js';

export function badge(text, kind) {
  return element('span', { class: `badge ${kind}` }, text);
}

export function badgesOf(user) {
  return [
    user.merged_into ? badge('Merged', 'warn') : null,
    user.disabled && !user.merged_into ? badge('Disabled', 'warn') : null,
    user.is_superuser ? badge('Superuser', 'accent') : null,
    user.is_staff && !user.is_superuser ? badge('Staff', 'accent') : null,
  ].filter(Boolean);
}

// The heading of a view, which takes the focus when the view is turned to.
export function heading(text, ...more) {
  return element('div', { class: 'heading' }, element('h1', { tabindex: '-1' }, text), ...more);
}

export function card(title, ...children) {
  const id = `card-${title.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`;
  return element('section', { class: 'card', 'aria-labelledby': id },
    element('h2', { id }, title), ...children);
}

export function userLink(id, text = `user ${id}`) {
  return element('a', { href: addressOf('users', { id }) }, text);
}

export const personOf = ({ id, name, email }) => `${name ? `${name}, ` : ''}${email} (user ${id})`;

// In words, with the exact time to be had.
export function time(text) {
  if (!text) return element('span', { class: 'muted' }, 'never');
  return element('time', { datetime: text, title: text }, ago(text));
}

// The same for what is still to come.
export function timeTo(text, now = Date.now()) {
  const seconds = Math.round((new Date(text).getTime() - now) / 1000);
  const relative = new Intl.RelativeTimeFormat('en');
  const words = seconds <= 0 ? 'now' : seconds < 90 ? relative.format(seconds, 'second')
    : seconds < 90 * 60 ? relative.format(Math.round(seconds / 60), 'minute')
      : relative.format(Math.round(seconds / 3600), 'hour');
  return element('time', { datetime: text, title: text }, words);
}

export function facts(pairs) {
  const given = pairs.filter(Boolean);
  return element('dl', { class: 'facts' }, ...given.flatMap(([name, ...value]) => [
    element('dt', {}, name), element('dd', {}, ...value.filter((part) => part != null)),
  ]));
}

export function rows(items, none) {
  if (items.length === 0) return element('p', { class: 'muted' }, none);
  return element('ul', { class: 'items', role: 'list' }, ...items);
}

// What it is on the left, what can be done about it on the right.
export function row({ provider, title, badges = [], lines = [], actions = [] }) {
  return element('li', {},
    provider ? brandIcon(provider) : null,
    element('div', { class: 'item-lines' },
      element('span', { class: 'item-title' }, title, ...badges),
      ...lines.filter(Boolean).map((line) => element('span', { class: 'muted' }, ...[line].flat()))),
    actions.length > 0 ? element('div', { class: 'item-actions' }, ...actions) : null);
}

// `name` says what a short text is about, to those who do not see what stands beside it.
export function button(text, onClick, { name = text, kind = '', ...attributes } = {}) {
  const node = element('button', {
    class: `button small-button ${kind}`, type: 'button', 'aria-label': name === text ? null : name, ...attributes,
  }, text);
  node.addEventListener('click', () => whileBusy(node, () => attempt(onClick)));
  return node;
}

// Shows anew what changes by itself; the focus stays with the button.
export function refreshButton(again) {
  return button('Refresh', async () => {
    await again();
    byId('refresh').focus();
  }, { id: 'refresh' });
}

// Runs it and says what went wrong, if anything did.
export async function attempt(action) {
  say(null);
  try {
    return await action();
  } catch (error) {
    sayFault(error);
    return null;
  }
}

export function say(sentence) {
  showAlert(byId('view-alert'), null);
  showAlert(byId('view-notice'), sentence);
  if (sentence) byId('view-notice').focus();
}

export function sayFault(error) {
  showAlert(byId('view-notice'), null);
  showAlert(byId('view-alert'), faultOf(error));
  byId('view-alert').focus();
}

// The sentences about the values at fault say more than the one about the whole. What staff may not
// change here is what only a superuser may.
export function faultOf(error) {
  if (error.code === 'permission_denied') return 'Only a superuser may do that.';
  const ofValues = Object.values(error.errors ?? {}).flat();
  return ofValues.length > 0 ? ofValues.join(' ') : sentenceOf(error);
}

// The results of a list, and a button for those that follow. `load(cursor)` answers {results, next};
// `show(results)` makes nodes of them for `list`.
export function listed(list, { results, next }, load, show) {
  list.append(...show(results));
  const more = element('div', { class: 'actions' });
  const offer = (cursor) => {
    if (!cursor) return more.replaceChildren();
    return more.replaceChildren(button('Show more', async () => {
      const page = await load(cursor);
      const nodes = show(page.results);
      list.append(...nodes);
      offer(page.next);
      (nodes[0]?.querySelector('a, summary, button') ?? nodes[0])?.focus();
    }));
  };
  offer(next);
  return [list, more];
}

// What says of which user and identity a change is, which stands beside it anyway, and numbers that
// mean nothing to a person.
const TOLD_ELSEWHERE = new Set(['id', 'merge_id', 'user_id', 'provider', 'subject']);
const SAYS_NOTHING = new Set(['none', 'no']);  // of what is new or gone

// What is different: [[name, before, after]]; what is an object of its own is told elsewhere too.
export function differences(before, after) {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names]
    .filter((name) => !TOLD_ELSEWHERE.has(name))
    .map((name) => [name.replaceAll('_', ' '), before?.[name], after?.[name]])
    .filter(([, was, is]) => typeof (was ?? is) !== 'object')
    .map(([name, was, is]) => [name, inWords(was), inWords(is)])
    .filter(([, was, is]) => was !== is)
    .filter(([, was, is]) => (before && after) || !SAYS_NOTHING.has(before ? was : is));
}

function inWords(value) {
  if (value === undefined || value === null || value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return /^\d{4}-\d\d-\d\dT/.test(value) ? day(value) : String(value);
}

export function differencesOf(before, after) {
  const found = differences(before, after);
  if (found.length === 0) return null;
  return element('dl', { class: 'differences' }, ...found.flatMap(([name, was, is]) => [
    element('dt', {}, name),
    element('dd', {},
      before ? element('del', {}, was) : null, before && after ? ' → ' : null,
      after ? element('ins', {}, is) : null),
  ]));
}
