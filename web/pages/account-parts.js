// What the parts of the account page share: rows, badges, and saying how an action went.

import { byId, element, showAlert, whileBusy } from '../dom.js';
import { sentenceOf } from './sentences.js';

export function badge(text, kind) {
  return element('span', { class: `badge ${kind}` }, text);
}

// A row of a list: what it is on the left, what can be done about it on the right.
export function row({ icon, title, badges = [], lines = [], action, below }) {
  const texts = lines.filter(Boolean).map((line) => element('span', { class: 'muted' }, line));
  const heading = element('strong', {}, title);
  return element('li', {},
    element('div', { class: 'row' }, icon,
      element('div', { class: 'person-lines' },
        element('span', { class: 'row-title' }, heading, ...badges), ...texts),
      action),
    below);
}

export function rowButton(text, name, onClick, attributes = {}) {
  const button = element('button', {
    class: 'button small-button', type: 'button', 'aria-label': name, ...attributes,
  }, text);
  button.addEventListener('click', () => onClick(button));
  return button;
}

// Runs an action of the part whose messages are in #<part>-notice and #<part>-alert. `action` answers
// the sentence that tells of its success, or null when it was given up.
export function act(part, button, action) {
  const alert = byId(`${part}-alert`);
  return whileBusy(button, async () => {
    clear(part);
    try {
      const sentence = await action();
      if (sentence) say(part, sentence);
    } catch (error) {
      showAlert(alert, sentenceOf(error));
      alert.focus();
    }
  });
}

// What was said belongs to the action before.
export function clear(part) {
  showAlert(byId(`${part}-notice`), null);
  showAlert(byId(`${part}-alert`), null);
}

// What was pressed may be gone by now, so the focus moves to the message.
export function say(part, sentence) {
  const notice = byId(`${part}-notice`);
  showAlert(byId(`${part}-alert`), null);
  showAlert(notice, sentence);
  notice.focus();
}
