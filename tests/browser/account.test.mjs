// The account page: address, password, connected identities, devices, and confirming that it is you.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { accountOf, launchBrowser, openPage, signedIn, signInWith } from './support/browser.mjs';
import { ADA, startWithDevProvider } from './support/latchkey.mjs';
import { linkIn, mailTo } from './support/mail.mjs';

const LONG_AGO = { ago: '1 hour' };

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
// Each test begins with Ada, her password and nothing connected.
beforeEach(() => latchkey.database.execute('DELETE FROM sessions; DELETE FROM identities'));

async function openAccount(t, options) {
  const opened = await openPage(t, browser);
  await signedIn(opened.context, latchkey, ADA, options);
  await opened.page.goto(`${latchkey.url}/account`);
  await opened.page.getByRole('heading', { name: 'Ways to sign in' }).waitFor();
  return opened;
}

async function connectGithub(page) {
  await page.getByRole('button', { name: 'Connect GitHub', exact: true }).click();
  await page.locator('[data-person="ada"]').click();
  await page.getByText('GitHub is connected').waitFor();
}

const dialogOf = (page) => page.getByRole('dialog', { name: 'Confirm that it is you' });

test('a provider is connected and disconnected, and each is told', async (t) => {
  const { page, context, faults } = await openAccount(t);
  await connectGithub(page);
  assert.equal(page.url(), `${latchkey.url}/account`);
  assert.equal(await page.getByRole('button', { name: 'Connect GitHub', exact: true }).count(), 0);

  await page.getByRole('button', { name: 'Disconnect GitHub' }).click();
  const dialog = page.getByRole('dialog', { name: 'Disconnect GitHub?' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  assert.equal((await accountOf(context, latchkey.url)).identities.length, 1);
  await page.getByRole('button', { name: 'Disconnect GitHub' }).click();
  await dialog.getByRole('button', { name: 'Disconnect GitHub' }).click();
  const notice = page.getByText('GitHub is disconnected.');
  await notice.waitFor();
  assert.equal(await notice.evaluate((e) => e === document.activeElement), true, 'the focus is not lost');
  assert.deepEqual((await accountOf(context, latchkey.url)).identities, []);
  await page.getByRole('button', { name: 'Connect GitHub', exact: true }).waitFor();
  assert.deepEqual(faults, []);
});

test('an old login is asked for the password, and then the action goes on', async (t) => {
  const { page, faults } = await openAccount(t, LONG_AGO);
  await page.getByRole('button', { name: 'Connect GitHub', exact: true }).click();
  const password = dialogOf(page).getByLabel(`Password of ${ADA.email}`);
  await password.fill('not it');
  await dialogOf(page).getByRole('button', { name: 'Confirm', exact: true }).click();
  await dialogOf(page).getByText('This is not your password.').waitFor();
  await password.fill(ADA.password);
  await dialogOf(page).getByRole('button', { name: 'Confirm', exact: true }).click();
  await page.locator('[data-person="ada"]').click();
  await page.getByText('GitHub is connected').waitFor();
  assert.deepEqual(faults, []);
});

test('the dialog keeps the focus, and Escape gives it back and changes nothing', async (t) => {
  const { page, context } = await openAccount(t, LONG_AGO);
  const connect = page.getByRole('button', { name: 'Connect GitHub', exact: true });
  await connect.click();
  await dialogOf(page).waitFor();
  const inside = () => page.evaluate(() => document.querySelector('dialog').contains(document.activeElement));
  assert.equal(await inside(), true);
  await page.keyboard.press('Escape');
  await dialogOf(page).waitFor({ state: 'detached' });
  assert.equal(await connect.evaluate((e) => e === document.activeElement), true);
  assert.deepEqual((await accountOf(context, latchkey.url)).identities, []);
});

test('an old login is confirmed through a connected provider, and then the action goes on', async (t) => {
  const first = await openAccount(t);
  await connectGithub(first.page);
  const { page, context, faults } = await openAccount(t, LONG_AGO);
  await page.getByRole('button', { name: 'Connect Google' }).click();
  await dialogOf(page).getByRole('button', { name: 'Confirm with GitHub' }).click();
  await page.locator('[data-person="ada"]').click();
  // Confirmed; this is Google's page already.
  await page.waitForURL(`${latchkey.dev}/google/**`);
  await page.locator('[data-person="ada"]').click();
  await page.getByText('Google is connected').waitFor();
  const { identities } = await accountOf(context, latchkey.url);
  assert.deepEqual(identities.map(({ provider }) => provider).sort(), ['github', 'google']);
  assert.deepEqual(faults, []);
});

test('the last way in is said to be that, and cannot be pressed', async (t) => {
  const { page } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login?next=/account`);
  await signInWith(page, 'GitHub', { person: 'katherine' });
  await page.getByText('Your only way in').waitFor();
  await page.getByText('before you disconnect this one').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Disconnect GitHub' }).count(), 0);

  await page.getByRole('button', { name: 'Set a password' }).click();
  await page.getByLabel('New password', { exact: true }).fill('an orbit by hand');
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByText('Your password is set.').waitFor();
  await page.getByRole('button', { name: 'Disconnect GitHub' }).waitFor();
});

test('the password is changed, and every other session ends', async (t) => {
  const other = await openAccount(t);
  const { page, context, faults } = await openAccount(t);
  const change = async (from, to) => {
    await page.getByRole('button', { name: 'Change your password' }).click();
    await page.getByLabel('Current password', { exact: true }).fill(from);
    await page.getByLabel('New password', { exact: true }).fill(to);
    await page.getByRole('button', { name: 'Change password', exact: true }).click();
  };
  await change('not it', 'a second engine');
  await page.getByText('This is not your current password.').waitFor();
  const current = page.getByLabel('Current password', { exact: true });
  assert.equal(await current.evaluate((e) => e === document.activeElement), true);
  await current.fill(ADA.password);
  await page.getByRole('button', { name: 'Change password', exact: true }).click();
  await page.getByText('Your password is changed').waitFor();
  assert.notEqual(await accountOf(context, latchkey.url), null, 'this session goes on');
  assert.equal(await accountOf(other.context, latchkey.url), null);
  await change('a second engine', ADA.password);
  await page.getByText('Your password is changed').waitFor();
  assert.deepEqual(faults, []);
});

test('a new address takes effect with the mailed link', async (t) => {
  const { page, context, faults } = await openAccount(t);
  const change = async (to) => {
    await page.getByRole('button', { name: 'Change your e-mail address' }).click();
    await page.getByLabel('New e-mail address').fill(to);
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByText(`We have sent a mail to ${to}`).waitFor();
    const link = linkIn(await mailTo(latchkey.dev, to, /new e-mail address/i));
    assert.notEqual((await accountOf(context, latchkey.url)).email, to, 'not before the link is used');
    await page.goto(link);
    await page.getByRole('button', { name: 'Confirm my address' }).click();
    await page.getByText('This is the address of your account from now on.').waitFor();
    await page.getByRole('link', { name: 'Continue to your account' }).click();
    await page.getByText(to).first().waitFor();
    assert.equal((await accountOf(context, latchkey.url)).email, to);
  };
  await change('countess@example.com');
  await change(ADA.email);
  assert.deepEqual(faults, []);
});

test('sessions are listed, ended one by one and all at once', async (t) => {
  const phone = await openPage(t, browser, {
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  });
  await signedIn(phone.context, latchkey);
  const { page, context, faults } = await openAccount(t);
  await page.getByText('This device').waitFor();
  const devices = page.getByRole('list', { name: 'Where you are signed in' }).getByRole('listitem');
  assert.equal(await devices.count(), 2);
  assert.match(await devices.first().innerText(), /This device/);
  await page.getByRole('button', { name: /^End the session of Safari on/ }).click();
  await page.getByText(/^The session of Safari on .* has ended/).waitFor();
  assert.equal(await accountOf(phone.context, latchkey.url), null);
  assert.equal(await devices.count(), 1);

  for (let i = 0; i < 2; ++i) await signedIn((await openPage(t, browser)).context, latchkey);
  await page.reload();
  await page.getByRole('button', { name: 'End the 2 other sessions' }).click();
  await page.getByText('2 other sessions have ended.').waitFor();
  assert.equal(await devices.count(), 1);
  assert.notEqual(await accountOf(context, latchkey.url), null);
  assert.deepEqual(faults, []);
});

test('of many sessions the newest are shown, and all of them when asked', async (t) => {
  const others = await openPage(t, browser);
  for (let i = 0; i < 8; ++i) {
    await others.context.clearCookies();
    await signedIn(others.context, latchkey);
  }
  const { page, context, faults } = await openAccount(t);
  const devices = page.getByRole('list', { name: 'Where you are signed in' }).getByRole('listitem');
  await page.getByRole('button', { name: 'Show all 9 sessions' }).click();
  assert.equal(await devices.count(), 9);
  const next = devices.nth(6).getByRole('button');
  assert.equal(await next.evaluate((e) => e === document.activeElement), true, 'the focus goes on where the list did');
  await next.press('Enter');
  await page.getByText('The session of Chrome on Linux has ended.').waitFor();
  assert.equal(await devices.count(), 8, 'the list stays open');
  await page.getByRole('button', { name: 'End the 7 other sessions' }).click();
  await page.getByText('7 other sessions have ended.').waitFor();
  assert.equal(await devices.count(), 1);
  assert.notEqual(await accountOf(context, latchkey.url), null);
  assert.deepEqual(faults, []);
});

test('staff find the administration from here, and nobody else does', async (t) => {
  const { page } = await openAccount(t);
  assert.equal(await page.getByRole('link', { name: 'Administration' }).count(), 0);
  await latchkey.database.execute('UPDATE users SET is_staff = true');
  try {
    await page.reload();
    await page.getByRole('link', { name: 'Administration' }).click();
    await page.waitForURL(`${latchkey.url}/admin/**`);
  } finally {
    await latchkey.database.execute('UPDATE users SET is_staff = false');
  }
});
