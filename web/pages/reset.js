// Where the mail for a forgotten password leads. Opening the page does nothing; sending the form uses
// the token up.

import { byId, showState } from '../dom.js';
import { makeForm, newPasswordField } from './forms.js';
import { forgetFragment, takeFromFragment } from './fragment.js';
import { latchkey, loadPage, showWayOn, turnTo } from './page.js';

const token = takeFromFragment('token');

async function load() {
  if (!token) {
    byId('useless-text').textContent = 'A part of its address is missing. Please open it from the mail again, whole.';
    byId('useless-why').hidden = true;
    showState('useless');
    return;
  }
  showForm(await latchkey.settings());
}

function showForm(settings) {
  const { form } = makeForm({
    id: 'new-password',
    label: 'Choose a new password',
    fields: [newPasswordField(settings)],
    submit: 'Set new password',
    action: async ({ password }) => {
      let answer;
      try {
        answer = await latchkey.resetPassword({ token, password });
      } catch (error) {
        if (error.code !== 'link_invalid') throw error;
        forgetFragment('token');
        byId('useless-text').textContent = 'It does not lead to a new password any more.';
        turnTo('useless');
        return;
      }
      forgetFragment('token');
      byId('done-text').textContent = 'Every session of your account has ended, so that nobody stays in who should not.';
      await showWayOn('reset', answer);
      turnTo('done');
    },
  });
  byId('reset-form').replaceChildren(form);
  showState('form');
}

loadPage(load);
