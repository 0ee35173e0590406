// Several tabs at once: each sign-in has a flow of its own, and none disturbs another.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { accountOf, launchBrowser, openContext, providerButton, signInWith } from './support/browser.mjs';
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

test('two tabs with different providers both finish, and the order does not matter', async (t) => {
  const { context, faults } = await openContext(t, browser);
  const [first, second] = [await context.newPage(), await context.newPage()];
  await first.goto(`${latchkey.url}/login?next=/account`);
  await second.goto(`${latchkey.url}/login?next=/`);
  await providerButton(first, 'GitHub').click();
  await first.locator('[data-person="ada"]').waitFor();
  await providerButton(second, 'Google').click();
  await second.locator('[data-person="ada"]').waitFor();

  await first.locator('[data-person="ada"]').click();
  await first.waitForURL(`${latchkey.url}/account`);
  await second.locator('[data-person="ada"]').click();
  await second.waitForURL(`${latchkey.url}/`);

  const account = await accountOf(context, latchkey.url);
  assert.equal(account.email, ADA.email);
  assert.deepEqual(account.identities.map(({ provider }) => provider).sort(), ['github', 'google']);
  assert.deepEqual(faults, []);
});

test('a denied sign-in in one tab leaves the other tab its own', async (t) => {
  const { context } = await openContext(t, browser);
  const [denied, other] = [await context.newPage(), await context.newPage()];
  await denied.goto(`${latchkey.url}/login`);
  await other.goto(`${latchkey.url}/login?next=/account`);
  await providerButton(denied, 'Google').click();
  await providerButton(other, 'Google').click();
  await denied.locator('[data-action="deny"]').click();
  await denied.locator('main[data-code="provider_denied"]').waitFor();
  await other.locator('[data-person="ada"]').click();
  await other.waitForURL(`${latchkey.url}/account`);
});

test('a sign-out in one tab is no error in the other, which signs out as well', async (t) => {
  const { context, faults } = await openContext(t, browser);
  const [first, second] = [await context.newPage(), await context.newPage()];
  await first.goto(`${latchkey.url}/login?next=/account`);
  await signInWith(first, 'GitHub');
  await first.waitForURL(`${latchkey.url}/account`);
  await second.goto(`${latchkey.url}/account`);
  for (const page of [first, second]) {
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.waitForURL('**/login?next=%2Faccount');
  }
  assert.equal(await accountOf(context, latchkey.url), null);
  assert.deepEqual(faults, []);
});
