// Built-in pages beside an application that has a login page of its own on another origin, where
// mails are held back for minutes.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { launchBrowser, openPage, signedIn, signInWithPassword } from './support/browser.mjs';
import { ADA, startWithDevProvider } from './support/latchkey.mjs';
import { serve } from './support/processes.mjs';

let application;
let latchkey;
let browser;

before(async () => {
  application = await serve(createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end('<!doctype html><html lang="en"><title>An application</title><h1>The application</h1></html>');
  }));
  latchkey = await startWithDevProvider({
    settings: {
      spa: {
        origins: [application.origin],
        login_url: `${application.origin}/sign-in?from=latchkey`,
        default_next: `${application.origin}/home`,
      },
      limits: { enabled: true, mail_interval: '3m' },
    },
  });
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await latchkey?.stop();
  await application?.stop();
});

// What the application's login page is told.
function signInPage(next) {
  const page = new URL(`${application.origin}/sign-in?from=latchkey`);
  if (next) page.searchParams.set('next', next);
  return page.href;
}

test('who must sign in lands on the login page of the application, and comes back', async (t) => {
  const { page, faults } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/account`);
  await page.waitForURL(signInPage(`${latchkey.url}/account`));
  assert.deepEqual(faults, []);
});

test('links to the sign-in lead to the login page of the application', async (t) => {
  const { page } = await openPage(t, browser);
  for (const [path, next] of [
    ['/signup', undefined],
    ['/signup?next=/app', `${latchkey.url}/app`],
    [`/signup?next=${encodeURIComponent(`${application.origin}/inbox`)}`, `${application.origin}/inbox`],
    ['/password/forgot', undefined],
    ['/password/reset', undefined],
    ['/email/verify', undefined],
    ['/auth/pending', undefined],
  ]) {
    await page.goto(`${latchkey.url}${path}`);
    const link = page.getByRole('link', { name: 'Sign in', exact: true });
    await link.waitFor();
    assert.equal(await link.evaluate((e) => e.href), signInPage(next), path);
  }
  await page.goto(`${latchkey.url}/auth/error?error=provider_denied`);
  assert.equal(await page.getByRole('link', { name: 'Sign in another way' }).getAttribute('href'), signInPage());
});

test('a sign-out leads to the login page of the application', async (t) => {
  const { page, context } = await openPage(t, browser);
  await signedIn(context, latchkey);
  await page.goto(`${latchkey.url}/account`);
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.waitForURL(signInPage(`${latchkey.url}/account`));
});

test('a password login without a next goes where every sign-in goes', async (t) => {
  const { page } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login`);
  await signInWithPassword(page);
  await page.waitForURL(`${application.origin}/home`);
});

test('a mail that was sent is not sent again at once, and the page says how long', async (t) => {
  const { page } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/password/forgot`);
  await page.getByLabel('E-mail').fill(ADA.email);
  await page.getByRole('button', { name: 'Send me a link' }).click();
  const again = page.getByRole('button', { name: /^Send it again in [23]:\d\d$/ });
  await again.waitFor();
  assert.equal(await again.getAttribute('aria-disabled'), 'true');
  await again.press('Enter');
  assert.equal(await page.locator('#sent-notice').isVisible(), false, 'pressing it does nothing');
});

test('a second code asked for too soon is refused with the time it takes', async (t) => {
  const { page } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login`);
  await page.getByRole('link', { name: 'Sign in with Facebook' }).click();
  await page.locator('[data-person="grace"]').click();
  await page.getByRole('button', { name: 'Mail me a code' }).click();
  await page.getByRole('button', { name: /^Send a new code in [23]:\d\d$/ }).waitFor();
  await page.getByRole('button', { name: 'Use another address' }).click();
  await page.getByLabel('Your e-mail address').fill('grace@example.org');
  await page.getByRole('button', { name: 'Mail me a code' }).click();
  await page.getByText(/Please try again in [23] minutes\./).waitFor();
});
