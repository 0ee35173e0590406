// The administration: who may see it, which view the address names, and the keys that work on every
// view. All it shows and changes goes through the JSON API, which asks every time who wants it.

import { byId, element, loginPageFor, showState } from '../dom.js';
import { latchkey, loadPage } from '../pages/page.js';
import { takeResumed } from '../pages/reauthenticate.js';
import { addressOf, place } from './api.js';
import { show as showAudit } from './audit.js';
import { show as showExplain } from './explain.js';
import { show as showHealth } from './health.js';
import { attempt, button, heading, say, sayFault } from './parts.js';
import { fillForm, setUpForm, show as showSearch } from './search.js';
import { show as showUser } from './user.js';
import { setUpChanges, startChange } from './user-changes.js';
import { show as showWebhooks } from './webhooks.js';

const VIEWS = { users: showSearch, user: showUser, audit: showAudit, explain: showExplain, webhooks: showWebhooks, health: showHealth };

let providers = [];
let shown = 0;

async function start() {
  const account = await latchkey.account();
  if (!account?.is_staff) return refuse(account);
  providers = (await latchkey.providers()).map(({ id, label }) => ({ id, label }));
  setUpForm(byId('search-form'), providers);
  byId('me').replaceChildren(element('a', { href: '/account' }, account.email));
  byId('nav').hidden = false;
  showState('admin');
  addEventListener('hashchange', () => {
    for (const dialog of document.querySelectorAll('dialog')) dialog.close();
    say(null);
    showPlace({ moveFocus: true });
  });
  setUpChanges({ account, providers }, showPlace);
  const resumed = takeResumed();
  await showPlace();
  if (resumed) await attempt(() => startChange(resumed.kind, resumed.about, resumed.values));
}

function refuse(account) {
  byId('refusal').textContent = account
    ? `You are signed in as ${account.email}, who is not staff. Ask an administrator, or sign in as somebody who is.`
    : 'You are not signed in.';
  byId('sign-in').textContent = account ? 'Sign in as somebody else' : 'Sign in';
  byId('sign-in').href = loginPageFor(location.pathname + location.hash);
  byId('nav').hidden = true;
  byId('me').replaceChildren();
  showState('refused');
}

// A view that comes late, after another was asked for, is not shown.
async function showPlace({ moveFocus = false } = {}) {
  const mine = ++shown;
  const asked = place();
  const name = asked.view === 'users' && asked.id ? 'user' : asked.view;
  for (const link of byId('nav').querySelectorAll('a')) {
    if (link.dataset.view === asked.view) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (name === 'users') fillForm(byId('search-form'), asked);
  const view = element('div', { class: 'stack' });
  try {
    await (VIEWS[name] ?? VIEWS.users)(view, { ...asked, providers });
  } catch (error) {
    if (mine === shown) await showFault(error);
    return;
  }
  if (mine !== shown) return;
  byId('view').replaceChildren(view);
  const title = view.querySelector('h1');
  document.title = `${title.textContent} - Latchkey administration`;
  if (moveFocus) title.focus();
}

async function showFault(error) {
  // Signed out, or staff no longer, since the page was opened.
  const account = error.code === 'permission_denied' ? await latchkey.account().catch(() => null) : null;
  if (error.code === 'not_authenticated' || account) return refuse(account);
  byId('view').replaceChildren(element('div', { class: 'stack' },
    heading(error.temporary ? 'This cannot be shown now' : 'This cannot be shown'),
    element('div', { class: 'actions' },
      error.temporary ? button('Try again', () => showPlace({ moveFocus: true })) : null,
      element('a', { class: 'button small-button', href: addressOf('users') }, 'To the users'))));
  document.title = 'Latchkey administration';
  return sayFault(error);
}

// "/" goes to the search from wherever nothing is being typed.
addEventListener('keydown', (event) => {
  const typing = event.target.closest('input, select, textarea, dialog');
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || typing || byId('nav').hidden) return;
  event.preventDefault();
  byId('search').focus();
  byId('search').select();
});

// Going back after a sign-out must not show anybody from the back/forward cache.
addEventListener('pageshow', (event) => event.persisted && location.reload());
loadPage(start);
