// The part of the account page about sessions: where the user is signed in, and ending that.

import { byId, element, showAlert } from '../dom.js';
import { act, badge, row, rowButton } from './account-parts.js';
import { latchkey } from './page.js';
import { ago, sentenceOf } from './sentences.js';

export async function showDevices() {
  try {
    fill(await latchkey.sessions());
  } catch (error) {
    showAlert(byId('devices-alert'), sentenceOf(error));
  }
}

function fill(sessions) {
  byId('devices').replaceChildren(...sessions.map(deviceRow));
  const others = sessions.filter(({ current }) => !current).length;
  const all = element('button', { class: 'button', type: 'button' },
    others === 1 ? 'End the other session' : `End the ${others} other sessions`);
  all.addEventListener('click', () => act('devices', all, endOthers));
  byId('devices-actions').replaceChildren(...(others > 0 ? [all] : []));
}

function deviceRow(session) {
  const way = session.method === 'password' ? 'a password' : session.method_label;
  const seen = session.current ? 'Active now' : `Last seen ${ago(session.last_seen_at)}`;
  return row({
    title: session.device || 'Unknown device',
    badges: session.current ? [badge('This device', 'good')] : [],
    lines: [
      `Signed in with ${way} ${ago(session.created_at)}`,
      [seen, session.ip].filter(Boolean).join(' · '),
    ],
    action: session.current ? null : rowButton('End', `End the session of ${session.device}`, (button) =>
      act('devices', button, () => endOne(session))),
  });
}

async function endOne({ id, device }) {
  // Ended elsewhere already is as good.
  await latchkey.endSession(id).catch((error) => {
    if (error.code !== 'not_found') throw error;
  });
  fill(await latchkey.sessions());
  return `The session of ${device} has ended.`;
}

async function endOthers() {
  const ended = await latchkey.endOtherSessions();
  fill(await latchkey.sessions());
  return ended === 1 ? 'The other session has ended.' : `${ended} other sessions have ended.`;
}
