// A single-page application on another origin: the buttons and the client module, loaded from
// Latchkey, under a strict policy of its own.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import {
  accountOf, launchBrowser, openPage, providerButton, signInWithPassword,
} from './support/browser.mjs';
import { ADA, startWithDevProvider } from './support/latchkey.mjs';
import { serve } from './support/processes.mjs';

let application;
let stranger;
let latchkey;
let browser;

// The page names Latchkey's address, which is known only after this server has its own.
function applicationServer() {
  return createServer((request, response) => {
    const policy = `default-src 'none'; script-src ${latchkey.url}; connect-src ${latchkey.url}`;
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader('Content-Security-Policy', policy);
    response.end(`<!doctype html><html lang="en"><title>An application</title>
      <script type="module" src="${latchkey.url}/auth/assets/latchkey-buttons.js"></script>
      <latchkey-buttons base="${latchkey.url}" next="/inbox?folder=1" providers="google github"
        wording="Weiter mit {provider}"></latchkey-buttons></html>`);
  });
}

before(async () => {
  application = await serve(applicationServer());
  stranger = await serve(applicationServer());
  latchkey = await startWithDevProvider({ spaOrigins: [application.origin] });
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await latchkey?.stop();
  await application?.stop();
  await stranger?.stop();
});

test('the buttons work on a page of another origin and come back to it', async (t) => {
  const { page, context, faults } = await openPage(t, browser);
  await page.goto(`${application.origin}/welcome`);
  const google = page.getByRole('link', { name: 'Weiter mit Google' });
  await google.waitFor();
  const shown = await page.getByRole('link').allInnerTexts();
  assert.deepEqual(shown, ['Weiter mit Google', 'Weiter mit GitHub']);
  await google.click();
  await page.locator('[data-person="ada"]').click();
  await page.waitForURL(`${application.origin}/inbox?folder=1`);
  assert.equal((await accountOf(context, latchkey.url)).email, ADA.email);
  assert.deepEqual(faults, []);
});

test('the client module signs in, reads the account and signs out from another origin', async (t) => {
  const { page, faults } = await openPage(t, browser);
  await page.goto(application.origin);
  const steps = await page.evaluate(
    async ({ base, email, password }) => {
      const { LatchkeyClient } = await import(`${base}/auth/assets/latchkey-client.js`);
      const client = new LatchkeyClient({ base });
      const before = await client.account();
      const refused = await client.login({ email, password: 'wrong password' }).catch((e) => e);
      await client.login({ email, password });
      const during = await client.account();
      await client.logout();
      return {
        before,
        refused: { name: refused.name, code: refused.code, status: refused.status },
        during: during.email,
        after: await client.account(),
      };
    },
    { base: latchkey.url, ...ADA },
  );
  assert.deepEqual(steps, {
    before: null,
    refused: { name: 'LatchkeyError', code: 'invalid_credentials', status: 400 },
    during: ADA.email,
    after: null,
  });
  assert.deepEqual(faults, []);
});

test('the built-in login page goes on to an allowed origin after a password login', async (t) => {
  const { page } = await openPage(t, browser);
  const next = `${application.origin}/inbox`;
  await page.goto(`${latchkey.url}/login?next=${encodeURIComponent(next)}`);
  await signInWithPassword(page);
  await page.waitForURL(next);
});

test('an origin that is not listed gets neither buttons nor an answer', async (t) => {
  const { page } = await openPage(t, browser);
  await page.goto(stranger.origin);
  const outcome = await page.evaluate(async (base) => {
    const account = await fetch(`${base}/api/account/`, { credentials: 'include' }).catch((e) => e.name);
    return { account, defined: Boolean(customElements.get('latchkey-buttons')) };
  }, latchkey.url);
  assert.deepEqual(outcome, { account: 'TypeError', defined: false });
});

test('buttons that could not be loaded say so, and a retry brings them', async (t) => {
  const { page, context } = await openPage(t, browser);
  await context.route('**/auth/providers', (route) => route.fulfill({ status: 503, json: {} }));
  await page.goto(`${latchkey.url}/login`);
  await page.getByText('The ways to sign in could not be loaded.').waitFor();
  await context.unroute('**/auth/providers');
  await page.getByRole('button', { name: 'Try again' }).click();
  await providerButton(page, 'GitHub').waitFor();
  const focused = await page.evaluate(
    () => document.activeElement.shadowRoot?.activeElement?.dataset.provider,
  );
  assert.equal(focused, 'github', 'the focus is not lost with the retry button');
});

test('the page may take a choice over by preventing its event', async (t) => {
  const { page } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login`);
  const chosen = page.evaluate(
    () =>
      new Promise((resolve) => {
        document.addEventListener('latchkey-select', (event) => {
          event.preventDefault();
          resolve(event.detail);
        });
      }),
  );
  await providerButton(page, 'GitHub').click();
  assert.deepEqual(await chosen, { provider: 'github', url: `${latchkey.url}/auth/github/login` });
  assert.equal(page.url(), `${latchkey.url}/login`);
});

test('two calls for one state make one request', async (t) => {
  const { page, context } = await openPage(t, browser);
  let posts = 0;
  await context.route('**/api/social/github/', (route) => {
    posts += 1;
    return route.fulfill({ json: { detail: 'success', next: '/inbox', user: { id: 1 } } });
  });
  await page.goto(`${latchkey.url}/login`);
  const answers = await page.evaluate(async () => {
    const { LatchkeyClient } = await import('/auth/assets/latchkey-client.js');
    const complete = () => new LatchkeyClient().completeSocial('github', { code: 'c', state: 's' });
    return Promise.all([complete(), complete()]);
  });
  const signedIn = { status: 'signed_in', next: '/inbox', user: { id: 1 } };
  assert.deepEqual(answers, [signedIn, signedIn]);
  assert.equal(posts, 1);
});
