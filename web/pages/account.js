// The account page: who is signed in, how they can sign in, and where they are. Each part is a module;
// this one loads them and signs out. A service that is down is said to be down; only an answer of the
// service itself makes someone signed out.

import { byId, element, loginPageFor, showAlert, showState, whileBusy } from '../dom.js';
import { showAccess } from './account-access.js';
import { showDevices } from './account-devices.js';
import { showIdentities } from './account-identities.js';
import { badge } from './account-parts.js';
import { resume } from './account-resume.js';
import { avatar } from './avatar.js';
import { latchkey, loadPage } from './page.js';
import { sentenceOf } from './sentences.js';

const LOGIN_PAGE = loginPageFor('/account');

async function load() {
  const account = await latchkey.account();
  if (account === null) {
    location.replace(LOGIN_PAGE);
    return;
  }
  const page = await pageOf(account);
  show(page);
  // Not waited for: the rest of the page does not depend on it.
  showDevices();
  resume(page);
}

// After a change: everything but the devices again, without leaving the page.
async function reload() {
  const account = await latchkey.account();
  if (account === null) return location.replace(LOGIN_PAGE);
  return show(await pageOf(account));
}

async function pageOf(account) {
  const [providers, settings] = await Promise.all([latchkey.providers(), latchkey.settings()]);
  return { account, providers, settings, reload };
}

function show(page) {
  const { account } = page;
  byId('profile').replaceChildren(
    avatar(account),
    element('div', { class: 'person-lines' },
      element('p', { class: 'name' }, account.name || account.email),
      account.name ? element('p', { class: 'address' }, account.email) : null,
      element('p', { class: 'address' }, `Account number ${account.id}`, account.is_staff ? ' ' : null,
        account.is_staff ? badge('Staff', 'accent') : null)));
  byId('administration').hidden = !account.is_staff;
  showAccess(page);
  showIdentities(page);
  showState('account');
}

function signOut(button, everywhere) {
  return whileBusy(button, async () => {
    showAlert(byId('account-alert'), null);
    try {
      await latchkey.logout({ everywhere });
      location.assign(LOGIN_PAGE);
    } catch (error) {
      showAlert(byId('account-alert'), `You are still signed in. ${sentenceOf(error)}`);
    }
  });
}

byId('sign-out').addEventListener('click', (event) => signOut(event.currentTarget, false));
byId('sign-out-everywhere').addEventListener('click', (event) => signOut(event.currentTarget, true));
// Going back after a sign-out must not show the account from the back/forward cache.
addEventListener('pageshow', (event) => event.persisted && location.reload());
loadPage(load);
