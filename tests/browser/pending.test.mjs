// Sign-ins that wait for a proof, to their end: no address, an address that nobody vouches for, an
// address that has an account.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { accountOf, launchBrowser, openPage, signInWith } from './support/browser.mjs';
import { ADA, startWithDevProvider } from './support/latchkey.mjs';
import { codeIn, linkIn, mailTo } from './support/mail.mjs';

const SUBJECT = /sign-in code/i;

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

// Ends on the pending page.
async function beginWith(page, label, person, { next = '/account' } = {}) {
  await page.goto(`${latchkey.url}/login?next=${encodeURIComponent(next)}`);
  await signInWith(page, label, { person });
  await page.waitForURL(`${latchkey.url}/auth/pending`);
}

async function enterCode(page, code) {
  await page.getByLabel('Code from the mail').fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
}

test('a newcomer without an address gives one, proves it and ends where they were going', async (t) => {
  const { page, context, faults } = await openPage(t, browser);
  await beginWith(page, 'Facebook', 'margaret', { next: '/account?from=mail' });
  await page.getByRole('heading', { name: 'An e-mail address is missing' }).waitFor();
  await page.getByLabel('Your e-mail address').fill('no address');
  await page.getByRole('button', { name: 'Mail me a code' }).click();
  await page.getByLabel('Your e-mail address').fill('margaret@example.org');
  await page.getByRole('button', { name: 'Mail me a code' }).click();
  await page.getByText('5 tries are left').waitFor();
  const input = page.getByLabel('Code from the mail');
  assert.equal(await input.evaluate((e) => e === document.activeElement), true);
  assert.equal(await input.getAttribute('autocomplete'), 'one-time-code');

  const code = codeIn(await mailTo(latchkey.dev, 'margaret@example.org', SUBJECT));
  // As it comes out of a mail program: small letters, spaces.
  await enterCode(page, ` ${code.slice(0, 3).toLowerCase()} ${code.slice(3)}`);
  await page.waitForURL(`${latchkey.url}/account?from=mail`);
  const account = await accountOf(context, latchkey.url);
  assert.equal(account.email, 'margaret@example.org');
  assert.equal(account.email_verified, true);
  assert.deepEqual(account.identities.map(({ provider }) => provider), ['facebook']);
  assert.deepEqual(faults, []);
});

test('a page that is loaded again goes on with the code that was mailed', async (t) => {
  const { page, faults } = await openPage(t, browser);
  await beginWith(page, 'Facebook', 'linus');
  await page.getByRole('heading', { name: 'Confirm your address' }).waitFor();
  assert.equal(await page.getByLabel('Your e-mail address').inputValue(), 'linus@example.com');
  await page.getByRole('button', { name: 'Mail me a code' }).click();
  await page.getByLabel('Code from the mail').waitFor();
  const first = await mailTo(latchkey.dev, 'linus@example.com', SUBJECT);
  await page.reload();
  await enterCode(page, '222222');
  await page.getByText('This is not the code').waitFor();
  await page.getByText('4 tries are left').waitFor();

  await page.getByRole('button', { name: 'Send a new code', exact: true }).click();
  await page.getByText('A new code is on its way').waitFor();
  const second = await mailTo(latchkey.dev, 'linus@example.com', SUBJECT, { after: first.id });
  await enterCode(page, codeIn(second));
  await page.waitForURL(`${latchkey.url}/account`);
  assert.deepEqual(faults, []);
});

test('the mailed link fills the code in where the sign-in began, and shows it elsewhere', async (t) => {
  const { page, context, faults } = await openPage(t, browser);
  await beginWith(page, 'Facebook', 'grace');
  await page.getByRole('button', { name: 'Mail me a code' }).click();
  await page.getByLabel('Code from the mail').waitFor();
  const mail = await mailTo(latchkey.dev, 'grace.hopper@gmail.com', SUBJECT);

  const phone = await openPage(t, browser, { viewport: { width: 390, height: 800 } });
  await phone.page.goto(linkIn(mail));
  await phone.page.getByRole('heading', { name: 'Your code' }).waitFor();
  assert.equal(await phone.page.locator('#big-code').innerText(), codeIn(mail));
  assert.equal(phone.page.url(), `${latchkey.url}/auth/pending`, 'the code is not in the address bar');
  await phone.page.getByText('Type this code where you began').waitFor();
  assert.equal(await accountOf(phone.context, latchkey.url), null);

  const tab = await context.newPage();
  await tab.goto(linkIn(mail));
  await tab.getByRole('button', { name: 'Continue' }).waitFor();
  assert.equal(await tab.getByLabel('Code from the mail').inputValue(), codeIn(mail));
  assert.equal(await accountOf(context, latchkey.url), null, 'opening the link signs nobody in');
  await tab.getByRole('button', { name: 'Continue' }).click();
  await tab.waitForURL(`${latchkey.url}/account`);

  await page.getByRole('button', { name: 'Continue' }).waitFor();
  await enterCode(page, codeIn(mail));
  await page.getByRole('heading', { name: 'No sign-in is waiting' }).waitFor();
  assert.deepEqual(faults, []);
});

test('a code that was tried too often is over, and the page says what to do', async (t) => {
  const { page } = await openPage(t, browser);
  await beginWith(page, 'Facebook', 'katherine');
  await page.getByRole('button', { name: 'Mail me a code' }).click();
  for (const left of ['4 tries are left', '3 tries are left', '2 tries are left', '1 try is left', 'does not work any more']) {
    await enterCode(page, '222222');
    await page.getByText(left).waitFor();
  }
  await page.getByRole('button', { name: 'Send a new code', exact: true }).waitFor();
});

test('a code that came too late is over, and a new one goes on', async (t) => {
  const { page } = await openPage(t, browser);
  await beginWith(page, 'Facebook', 'dorothy');
  await page.getByLabel('Your e-mail address').fill('dorothy@example.org');
  await page.getByRole('button', { name: 'Mail me a code' }).click();
  const late = await mailTo(latchkey.dev, 'dorothy@example.org', SUBJECT);
  await latchkey.database.execute(
    `UPDATE pending_sign_ins SET code_expires_at = now() WHERE code_email = 'dorothy@example.org'`);
  await enterCode(page, codeIn(late));
  await page.getByText('please have a new one sent').waitFor();
  assert.equal(await page.getByLabel('Code from the mail').getAttribute('aria-invalid'), 'true');
  await page.getByRole('button', { name: 'Send a new code', exact: true }).click();
  await page.getByText('A new code is on its way').waitFor();
  await enterCode(page, codeIn(await mailTo(latchkey.dev, 'dorothy@example.org', SUBJECT, { after: late.id })));
  await page.waitForURL(`${latchkey.url}/account`);
});

test('a sign-in that waited too long says so, and starts again', async (t) => {
  const { page, faults } = await openPage(t, browser);
  await beginWith(page, 'Facebook', 'katherine');
  await page.getByRole('heading', { name: 'Confirm your address' }).waitFor();
  await latchkey.database.execute('UPDATE pending_sign_ins SET expires_at = now()');
  await page.getByRole('button', { name: 'Mail me a code' }).click();
  const nothing = page.getByRole('heading', { name: 'No sign-in is waiting' });
  await nothing.waitFor();
  assert.equal(await nothing.evaluate((e) => e === document.activeElement), true);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.waitForURL(`${latchkey.url}/login`);
  assert.deepEqual(faults, []);
});

test('an account that exists is connected by its password', async (t) => {
  const { page, context, faults } = await openPage(t, browser);
  await beginWith(page, 'Google', 'alan');
  await page.getByRole('heading', { name: 'You already have an account' }).waitFor();
  const password = page.getByLabel(`Password of ${ADA.email}`);
  await password.fill('not it');
  await page.getByRole('button', { name: 'Connect Google and sign in' }).click();
  await page.getByText('This is not the password of the account').waitFor();
  assert.equal(await password.evaluate((e) => e === document.activeElement), true);
  await password.fill(ADA.password);
  await page.getByRole('button', { name: 'Connect Google and sign in' }).click();
  await page.waitForURL(`${latchkey.url}/account`);
  const account = await accountOf(context, latchkey.url);
  assert.equal(account.email, ADA.email);
  assert.ok(account.identities.some(({ provider }) => provider === 'google'));
  assert.deepEqual(faults, []);
});

test('an account that exists is connected by a code to its own address', async (t) => {
  const { page, context, faults } = await openPage(t, browser);
  await latchkey.database.execute(`DELETE FROM identities WHERE provider = 'google'`);
  await beginWith(page, 'Google', 'alan');
  await page.getByRole('button', { name: 'Mail me a code' }).click();
  const mail = await mailTo(latchkey.dev, ADA.email, SUBJECT);
  assert.equal(await page.getByRole('button', { name: 'Use another address' }).count(), 0);
  await enterCode(page, codeIn(mail));
  await page.waitForURL(`${latchkey.url}/account`);
  assert.equal((await accountOf(context, latchkey.url)).email, ADA.email);
  assert.deepEqual(faults, []);
});

test('another address can be given before the code is entered', async (t) => {
  const { page, context } = await openPage(t, browser);
  await beginWith(page, 'Facebook', 'edsger');
  await page.getByRole('button', { name: 'Mail me a code' }).click();
  await page.getByRole('button', { name: 'Use another address' }).click();
  const address = page.getByLabel('Your e-mail address');
  assert.equal(await address.evaluate((e) => e === document.activeElement), true);
  await address.fill('ewd@example.org');
  await page.getByRole('button', { name: 'Mail me a code' }).click();
  const alert = page.locator('#send-code-alert');
  const code = page.getByText('We have mailed a code to ewd@example.org');
  // No sooner than a second after the first one.
  while (!(await code.isVisible())) {
    await Promise.race([alert.waitFor(), code.waitFor()]);
    if (await alert.isVisible()) await page.getByRole('button', { name: 'Mail me a code' }).click();
  }
  await enterCode(page, codeIn(await mailTo(latchkey.dev, 'ewd@example.org', SUBJECT)));
  await page.waitForURL(`${latchkey.url}/account`);
  assert.equal((await accountOf(context, latchkey.url)).email, 'ewd@example.org');
});
