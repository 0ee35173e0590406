// A button that sends a mail again, no sooner than the service would: until then it says how long.

import { element, whileBusy } from '../dom.js';

// `send` answers the seconds until the next one. The button stays focusable while it waits.
export function resendButton(text, send) {
  const button = element('button', { class: 'button', type: 'button' }, text);
  let ready = 0;
  let timer = null;

  function show() {
    const left = Math.ceil((ready - performance.now()) / 1000);
    if (left > 0) {
      const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
      button.textContent = `${text} in ${clock}`;
      button.setAttribute('aria-disabled', 'true');
      return;
    }
    clearInterval(timer);
    button.textContent = text;
    button.removeAttribute('aria-disabled');
  }

  function waitFor(seconds) {
    clearInterval(timer);
    ready = performance.now() + seconds * 1000;
    timer = setInterval(show, 1000);
    show();
  }

  button.addEventListener('click', () => {
    if (button.getAttribute('aria-disabled') === 'true') return;
    whileBusy(button, async () => waitFor(await send()));
  });
  return { button, waitFor };
}
