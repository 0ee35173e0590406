// The ways in: three buttons and a password, one account, one kind of session, one log-out.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import {
  accountOf, cookieNamed, kindOfSession, launchBrowser, openPage, signInWith, signInWithPassword,
} from './support/browser.mjs';
import { ADA, startWithDevProvider } from './support/latchkey.mjs';

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

for (const label of ['GitHub', 'Google']) {
  test(`the ${label} button signs in to the account of the same proven address`, async (t) => {
    const { page, context, faults } = await openPage(t, browser);
    await page.goto(`${latchkey.url}/login?next=/account`);
    await signInWith(page, label);
    await page.waitForURL(`${latchkey.url}/account`);
    await page.getByText(ADA.email).first().waitFor();

    const account = await accountOf(context, latchkey.url);
    assert.equal(account.email, ADA.email);
    assert.equal(account.has_password, true, 'it is the account that has the password');
    assert.ok(account.identities.some(({ provider }) => provider === label.toLowerCase()));
    assert.deepEqual(faults, []);
  });
}

test('a Facebook newcomer waits on the pending page, without a session', async (t) => {
  const { page, context, faults } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login`);
  await signInWith(page, 'Facebook');
  await page.waitForURL('**/auth/pending');
  await page.getByRole('heading', { name: 'Confirm your address' }).waitFor();
  await page.getByText(`Facebook gave us the address ${ADA.email}`).waitFor();
  await page.getByText('Sign in another way').click();
  await page.getByRole('link', { name: 'Use GitHub instead' }).waitFor();

  assert.equal(await page.getByRole('link', { name: 'Use Facebook instead' }).count(), 0);
  assert.equal(await cookieNamed(context, latchkey.url, 'sessionid'), undefined);
  assert.equal(await accountOf(context, latchkey.url), null);
  assert.deepEqual(faults, []);
});

test('a Facebook identity that was connected before signs in', async (t) => {
  const { page, context } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login?next=/account`);
  await signInWithPassword(page);
  await page.waitForURL(`${latchkey.url}/account`);
  const { value: token } = await cookieNamed(context, latchkey.url, 'csrftoken');
  const started = await context.request.post(`${latchkey.url}/api/identities/facebook/`, {
    headers: { 'X-CSRFToken': token },
    data: { next: '/account' },
  });
  assert.equal(started.status(), 200, await started.text());
  await page.goto((await started.json()).authorize_url);
  await page.locator('[data-person="ada"]').click();
  await page.waitForURL(`${latchkey.url}/account`);
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.waitForURL('**/login?next=%2Faccount');

  await signInWith(page, 'Facebook');
  await page.waitForURL(`${latchkey.url}/account`);
  assert.equal((await accountOf(context, latchkey.url)).email, ADA.email);
});

test('a password login and a button end in the same kind of session', async (t) => {
  const byPassword = await openPage(t, browser);
  await byPassword.page.goto(`${latchkey.url}/login?next=/account`);
  await signInWithPassword(byPassword.page);
  await byPassword.page.waitForURL(`${latchkey.url}/account`);
  const byButton = await openPage(t, browser);
  await byButton.page.goto(`${latchkey.url}/login?next=/account`);
  await signInWith(byButton.page, 'GitHub');
  await byButton.page.waitForURL(`${latchkey.url}/account`);

  const kind = await kindOfSession(byPassword.context, latchkey.url);
  assert.deepEqual(await kindOfSession(byButton.context, latchkey.url), kind);
  assert.equal(kind.httpOnly, true);
  assert.equal(kind.sameSite, 'Lax');
  const accounts = await Promise.all(
    [byPassword, byButton].map(({ context }) => accountOf(context, latchkey.url)),
  );
  assert.equal(accounts[0].id, accounts[1].id);
  for (const { page } of [byPassword, byButton]) {
    const readable = await page.evaluate(() => document.cookie.split('; ').map((c) => c.split('=')[0]));
    assert.deepEqual(readable, ['csrftoken'], 'a script can read the CSRF token and nothing else');
  }
});

test('only "keep me signed in" makes the cookie outlive the browser', async (t) => {
  const { page, context } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login?next=/account`);
  await signInWithPassword(page);
  await page.waitForURL(`${latchkey.url}/account`);
  assert.equal((await cookieNamed(context, latchkey.url, 'sessionid')).expires, -1);

  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.waitForURL('**/login?next=%2Faccount');
  await page.getByLabel('Keep me signed in').check();
  await signInWithPassword(page);
  await page.waitForURL(`${latchkey.url}/account`);
  assert.ok((await cookieNamed(context, latchkey.url, 'sessionid')).expires > 0);
});

test('log-out ends the session at the service, not only in the browser', async (t) => {
  const { page, context } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login?next=/account`);
  await signInWith(page, 'Google');
  await page.waitForURL(`${latchkey.url}/account`);
  const kept = await cookieNamed(context, latchkey.url, 'sessionid');
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.waitForURL('**/login?next=%2Faccount');

  assert.equal(await cookieNamed(context, latchkey.url, 'sessionid'), undefined);
  await context.addCookies([kept]);
  assert.equal(await accountOf(context, latchkey.url), null, 'a copy of the cookie is worth nothing');
});

test('signing out everywhere signs the other browser out', async (t) => {
  const here = await openPage(t, browser);
  const there = await openPage(t, browser);
  for (const { page } of [here, there]) {
    await page.goto(`${latchkey.url}/login?next=/account`);
    await signInWithPassword(page);
    await page.waitForURL(`${latchkey.url}/account`);
  }
  await here.page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await here.page.waitForURL('**/login?next=%2Faccount');
  await there.page.reload();
  await there.page.waitForURL('**/login?next=%2Faccount');
});

test('a wrong password is said without telling what was wrong', async (t) => {
  const { page, context, faults } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login`);
  await signInWithPassword(page, { ...ADA, password: 'the difference engine' });
  const alert = page.getByRole('alert').filter({ hasText: 'e-mail address or the password' });
  await alert.waitFor();
  assert.equal(await page.getByLabel('Password', { exact: true }).evaluate((e) => e === document.activeElement), true);
  assert.equal(await cookieNamed(context, latchkey.url, 'sessionid'), undefined);
  assert.deepEqual(faults, []);
});

test('the login page tells who is signed in already', async (t) => {
  const { page } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login?next=/account`);
  await signInWithPassword(page);
  await page.waitForURL(`${latchkey.url}/account`);
  await page.goto(`${latchkey.url}/login?next=/account`);
  await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
  await page.getByText(ADA.email).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
});

test('the demo page shows what the application is told', async (t) => {
  const { page, faults } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/`);
  await signInWith(page, 'GitHub');
  await page.waitForURL(`${latchkey.url}/`);
  await page.locator('#account-json', { hasText: '"identities"' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('link', { name: 'Sign in with GitHub' }).waitFor();
  assert.deepEqual(faults, []);
});
