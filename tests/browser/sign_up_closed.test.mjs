// Pages of a service that makes no accounts for everybody, or sends no mail.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launchBrowser, openPage, providerButton, signInWith } from './support/browser.mjs';
import { startWithDevProvider } from './support/latchkey.mjs';

let closed;
let silent;
let browser;

before(async () => {
  closed = await startWithDevProvider({ settings: { accounts: { signup: false } } });
  silent = await startWithDevProvider({ mail: false });
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await silent?.stop();
  await closed?.stop();
});

test('closed sign-up is not offered, and its page says who can help', async (t) => {
  const { page, faults } = await openPage(t, browser);
  await page.goto(`${closed.url}/login`);
  await page.locator('#sign-up-line').waitFor({ state: 'hidden' });
  await page.goto(`${closed.url}/signup`);
  await page.getByRole('heading', { name: 'Sign-up is closed' }).waitFor();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await providerButton(page, 'GitHub').waitFor();
  assert.deepEqual(faults, []);
});

test('without mail the sign-up page offers the buttons alone', async (t) => {
  const { page, faults } = await openPage(t, browser);
  await page.goto(`${silent.url}/signup`);
  await page.getByText('not set up to send mail').waitFor();
  await page.getByRole('link', { name: 'Sign up with GitHub' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Create account' }).isVisible(), false);
  assert.deepEqual(faults, []);
});

test('without mail a forgotten password is not offered, and its page says why', async (t) => {
  const { page } = await openPage(t, browser);
  await page.goto(`${silent.url}/login`);
  await page.locator('#forgot').waitFor({ state: 'hidden' });
  await page.goto(`${silent.url}/password/forgot`);
  await page.getByText('cannot send you a link').waitFor();
});

test('without mail a pending sign-in shows the other ways', async (t) => {
  const { page, faults } = await openPage(t, browser);
  await page.goto(`${silent.url}/login`);
  await signInWith(page, 'Facebook');
  await page.getByText('it cannot send you a code').waitFor();
  await page.getByRole('link', { name: 'Use GitHub instead' }).waitFor();
  assert.deepEqual(faults, []);
});
