// "Check your mail": the address, a way to have the mail sent again, and how that went.

import { byId, showAlert } from '../dom.js';
import { turnTo } from './page.js';
import { resendButton } from './resend.js';
import { sentenceOf } from './sentences.js';

// Of the elements whose ids begin with `prefix`. `send(address)` asks for the mail once more;
// `interval` is the least time between two of them, in seconds.
export function mailAgain(prefix, { interval, send }) {
  const notice = byId(`${prefix}-notice`);
  const alert = byId(`${prefix}-alert`);
  let address = '';
  const { button, waitFor } = resendButton('Send it again', async () => {
    showAlert(alert, null);
    showAlert(notice, null);
    try {
      await send(address);
      showAlert(notice, `We have asked for another mail to ${address}. Only the newest link counts.`);
      return interval;
    } catch (error) {
      showAlert(alert, sentenceOf(error));
      return error.retryAfter ?? 0;
    }
  });
  byId(`${prefix}-actions`).prepend(button);

  // `wait`: whether a mail has gone out just now.
  return (state, to, { wait = true } = {}) => {
    address = to;
    showAlert(alert, null);
    showAlert(notice, null);
    waitFor(wait ? interval : 0);
    turnTo(state);
  };
}
