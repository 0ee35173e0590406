// Dialogs: the browser's own modal <dialog>, which keeps the focus inside, closes with Escape and
// gives the focus back.

import { element } from '../dom.js';

let opened = 0;  // a dialog may open over another

// Shows `content` under `title`; resolves to what `close(answer)` is given, or to null when it is
// left. `build(close)` makes the content.
export function openDialog(title, build) {
  return new Promise((resolve) => {
    const heading = element('h2', { id: `dialog-title-${++opened}` }, title);
    const dialog = element('dialog', { class: 'dialog', 'aria-labelledby': heading.id });
    let answer = null;
    const close = (given = null) => {
      answer = given;
      dialog.close();
    };
    dialog.append(heading, ...build(close));
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

// Asks before something that cannot be taken back by one press; resolves to true or null.
export function askFirst({ title, text, confirm }) {
  return openDialog(title, (close) => {
    const yes = element('button', { class: 'button danger', type: 'button' }, confirm);
    const no = element('button', { class: 'button', type: 'button', autofocus: true }, 'Cancel');
    yes.addEventListener('click', () => close(true));
    no.addEventListener('click', () => close());
    return [element('p', {}, text), element('div', { class: 'actions' }, yes, no)];
  });
}
