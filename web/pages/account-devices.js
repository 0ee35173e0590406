// The part of the account page about sessions: where the user is signed in, and ending that.

import { byId, element, showAlert } from '../dom.js';
import { act, badge, row, rowButton } from './account-parts.js';
import { latchkey } from './page.js';
import { ago, sentenceOf } from './sentences.js';

const AT_FIRST = 6;
let shown = AT_FIRST;  // a long list pushes the way to end them all out of sight

export async function showDevices() {
  try {
    fill(await latchkey.sessions());
  } catch (error) {
    showAlert(byId('devices-alert'), sentenceOf(error));
  }
}

function fill(sessions) {
  byId('devices').replaceChildren(...sessions.slice(0, shown).map(deviceRow));
  const others = sessions.filter(({ current }) => !current).length;
  byId('devices-actions').replaceChildren(
    ...(sessions.length > shown ? [moreButton(sessions)] : []), ...(others > 0 ? [endAllButton(others)] : []));
}

function moreButton(sessions) {
  const more = element('button', { class: 'button', type: 'button' }, `Show all ${sessions.length} sessions`);
  more.addEventListener('click', () => {
    const first = shown;
    shown = Infinity;
    fill(sessions);
    byId('devices').children[first].querySelector('button')?.focus();
  });
  return more;
}

function endAllButton(others) {
  const all = element('button', { class: 'button', type: 'button' },
    others === 1 ? 'End the other session' : `End the ${others} other sessions`);
  all.addEventListener('click', () => act('devices', all, endOthers));
  return all;
}

function nameOf({ device }) {
  return device || 'Unknown device';
}

function deviceRow(session) {
  const way = session.method === 'password' ? 'a password' : session.method_label;
  const begun = `Signed in with ${way} ${ago(session.created_at)}`;
  const seen = session.current ? 'Active now' : `Last seen ${ago(session.last_seen_at)}`;
  // Of two that are called the same, a screen reader should tell which one this ends.
  const endName = `End the session of ${nameOf(session)}: ${begun}`;
  return row({
    title: nameOf(session),
    badges: session.current ? [badge('This device', 'good')] : [],
    lines: [begun, [seen, session.ip].filter(Boolean).join(' · ')],
    action: session.current ? null : rowButton('End', endName, (button) =>
      act('devices', button, () => endOne(session))),
  });
}

async function endOne(session) {
  // Ended elsewhere already is as good.
  await latchkey.endSession(session.id).catch((error) => {
    if (error.code !== 'not_found') throw error;
  });
  fill(await latchkey.sessions());
  return `The session of ${nameOf(session)} has ended.`;
}

async function endOthers() {
  const ended = await latchkey.endOtherSessions();
  fill(await latchkey.sessions());
  return ended === 1 ? 'The other session has ended.' : `${ended} other sessions have ended.`;
}
