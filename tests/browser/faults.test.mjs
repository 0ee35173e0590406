// What a visitor sees when a sign-in does not work out, or the service is not well.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import {
  accountOf, cookieNamed, launchBrowser, openPage, providerButton, signInWith, signInWithPassword,
} from './support/browser.mjs';
import { startWithDevProvider } from './support/latchkey.mjs';

let latchkey;
let browser;

before(async () => {
  latchkey = await startWithDevProvider();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await latchkey?.stop();
});

test('who says no at the provider learns what happened and can try again', async (t) => {
  const { page, context, faults } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login`);
  await providerButton(page, 'GitHub').click();
  await page.locator('[data-action="deny"]').click();
  await page.locator('main[data-code="provider_denied"]').waitFor();

  assert.match(await page.locator('main').innerText(), /cancel/i);
  assert.equal(await cookieNamed(context, latchkey.url, 'sessionid'), undefined);
  assert.equal(await accountOf(context, latchkey.url), null);
  await page.getByRole('link', { name: 'Try GitHub again' }).click();
  await page.locator('[data-person="ada"]').waitFor();
  assert.deepEqual(faults, []);
});

test('an invented answer of a provider signs nobody in', async (t) => {
  const { page, context } = await openPage(t, browser);
  const answer = await page.goto(`${latchkey.url}/auth/github/callback?code=c&state=invented`);
  assert.equal(answer.status(), 400);
  await page.locator('main[data-code="state_invalid"]').waitFor();
  assert.equal(await page.getByText('You are already signed in').isVisible(), false);
  assert.equal(await accountOf(context, latchkey.url), null);
});

test('who is signed in already is told so when an old answer is repeated', async (t) => {
  const { page, context, faults } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login?next=/account`);
  await signInWithPassword(page);
  await page.waitForURL(`${latchkey.url}/account`);
  await page.goto(`${latchkey.url}/auth/github/callback?code=c&state=old`);
  await page.getByText('You are already signed in').waitFor();
  await page.getByRole('link', { name: 'Continue to your account' }).click();
  await page.waitForURL(`${latchkey.url}/account`);
  assert.notEqual(await accountOf(context, latchkey.url), null);
  assert.deepEqual(faults, []);
});

test('an error in the address of the error page never becomes markup', async (t) => {
  const { page, faults } = await openPage(t, browser);
  const query = new URLSearchParams({ error: '<img src=x>', provider: '"><script>alert(1)</script>' });
  await page.goto(`${latchkey.url}/auth/error?${query}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  assert.equal(await page.locator('img[src="x"]').count(), 0);
  assert.deepEqual(faults, []);
});

test('the pending page without a pending sign-in says that nothing is waiting', async (t) => {
  const { page } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/auth/pending`);
  await page.getByRole('heading', { name: 'No sign-in is waiting' }).waitFor();
});

test('an anonymous visitor of the account page comes back to it after signing in', async (t) => {
  const { page } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/account`);
  await page.waitForURL('**/login?next=%2Faccount');
  await signInWith(page, 'GitHub');
  await page.waitForURL(`${latchkey.url}/account`);
});

test('a next that leads elsewhere is not followed', async (t) => {
  const { page } = await openPage(t, browser);
  for (const next of ['https://evil.example/', '//evil.example/', '/\\evil.example/']) {
    await page.goto(`${latchkey.url}/login?next=${encodeURIComponent(next)}`);
    await signInWithPassword(page);
    await page.waitForURL(`${latchkey.url}/`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await providerButton(page, 'GitHub').waitFor();
  }
});

// Last: it takes the store away.
test('a store that is down signs nobody out', async (t) => {
  const { page, context, faults } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login?next=/account`);
  await signInWithPassword(page);
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
  const session = await cookieNamed(context, latchkey.url, 'sessionid');

  await latchkey.database.close();
  await page.reload();
  await page.getByRole('heading', { name: 'Your account cannot be shown now' }).waitFor();
  assert.equal((await cookieNamed(context, latchkey.url, 'sessionid')).value, session.value);

  await latchkey.database.open();
  const account = page.getByRole('heading', { name: 'Your account', exact: true });
  while (!(await account.isVisible())) {
    const answered = page.waitForResponse('**/api/account/');
    await page.getByRole('button', { name: 'Try again' }).click();
    await answered;
    await Promise.race([
      account.waitFor(),
      page.locator('#retry:not([aria-busy])').waitFor(),
    ]);
  }
  assert.deepEqual(faults, []);
});
