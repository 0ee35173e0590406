// Where mails that prove an address lead. Opening the page does nothing, because mail scanners open
// every link; the button uses the token up.

import { byId, showAlert, showState, whileBusy, withNext } from '../dom.js';
import { forgetFragment, takeFromFragment } from './fragment.js';
import { latchkey, leadOn, showWayOn, turnTo } from './page.js';
import { sentenceOf } from './sentences.js';

const token = takeFromFragment('token');

async function confirm() {
  showAlert(byId('alert'), null);
  try {
    const answer = await latchkey.verifyEmail(token);
    forgetFragment('token');
    await showDone(answer);
  } catch (error) {
    if (error.code === 'link_invalid') {
      forgetFragment('token');
      byId('useless-text').textContent = 'It does not prove an address any more.';
      turnTo('useless');
      return;
    }
    showAlert(byId('alert'), sentenceOf(error));
    byId('alert').focus();
  }
}

async function showDone({ detail, password_needed: passwordNeeded, ...answer }) {
  byId('done-text').textContent = detail;
  const account = await showWayOn('verified', answer);
  if (passwordNeeded && !account) {
    byId('done-text').textContent = 'Your e-mail address is confirmed. Your account has no password yet: '
      + 'we mail you a link to choose one.';
    leadOn('Choose a password', withNext('/password/forgot', answer.next), answer.email);
  }
  byId('forgot').hidden = account !== null || passwordNeeded;
  turnTo('done');
}

if (token) {
  showState('ready');
} else {
  byId('useless-text').textContent = 'A part of its address is missing. Please open it from the mail again, whole.';
  byId('useless-why').hidden = true;
  showState('useless');
}
byId('confirm').addEventListener('click', ({ currentTarget }) => whileBusy(currentTarget, confirm));
