// Making an account, proving its address, and getting in again without the password: every step in
// the browser, every link from the mail.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { accountOf, launchBrowser, openPage, signInWithPassword, signedIn } from './support/browser.mjs';
import { ADA, startWithDevProvider } from './support/latchkey.mjs';
import { linkIn, mailTo } from './support/mail.mjs';

const PASSWORD = 'four ducks on a pond';

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

async function signUp(page, { email, password = PASSWORD, name = '' }) {
  await page.goto(`${latchkey.url}/signup`);
  await page.getByLabel('Name (optional)').fill(name);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Create account' }).click();
}

async function hasFocus(locator) {
  return locator.evaluate((e) => e === document.activeElement);
}

test('a newcomer signs up, confirms the address by the mailed link and signs in', async (t) => {
  const { page, context, faults } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login`);
  await page.getByRole('link', { name: 'Create an account' }).click();
  await signUp(page, { email: 'newcomer@example.com', name: 'New Comer' });
  const sent = page.getByRole('heading', { name: 'Check your mail' });
  await sent.waitFor();
  assert.equal(await hasFocus(sent), true, 'the focus is where the page goes on');
  assert.match(await page.locator('main').innerText(), /newcomer@example\.com/);
  assert.equal(await accountOf(context, latchkey.url), null);

  const link = linkIn(await mailTo(latchkey.dev, 'newcomer@example.com', /confirm/i));
  await page.goto(link);
  await page.getByRole('button', { name: 'Confirm my address' }).waitFor();
  assert.equal(page.url(), `${latchkey.url}/email/verify`, 'the token is not in the address bar');
  await page.reload();
  await page.getByRole('button', { name: 'Confirm my address' }).click();
  await page.getByText('Your e-mail address is confirmed.').waitFor();
  await page.getByRole('link', { name: 'Sign in' }).click();

  await page.getByText('You can sign in now').waitFor();
  await signInWithPassword(page, { email: 'newcomer@example.com', password: PASSWORD });
  await page.waitForURL(`${latchkey.url}/`);
  const account = await accountOf(context, latchkey.url);
  assert.equal(account.email_verified, true);
  assert.equal(account.name, 'New Comer');

  await page.goto(link);
  await page.getByRole('button', { name: 'Confirm my address' }).click();
  await page.getByRole('heading', { name: 'This link cannot be used' }).waitFor();
  assert.deepEqual(faults, []);
});

test('where a newcomer was going survives the mail, and the address is filled in', async (t) => {
  const { page } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login?next=%2Faccount%3Ffrom%3Dapp`);
  await page.getByLabel('E-mail').fill('traveller@example.com');
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByRole('button', { name: 'Create account' }).waitFor();
  assert.equal(await page.getByLabel('E-mail').inputValue(), 'traveller@example.com');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();

  const phone = await openPage(t, browser);
  await phone.page.goto(linkIn(await mailTo(latchkey.dev, 'traveller@example.com', /confirm/i)));
  await phone.page.getByRole('button', { name: 'Confirm my address' }).click();
  await phone.page.getByRole('link', { name: 'Sign in' }).click();
  await phone.page.getByText('You can sign in now').waitFor();
  assert.equal(await phone.page.getByLabel('E-mail').inputValue(), 'traveller@example.com');
  assert.doesNotMatch(phone.page.url(), /traveller/, 'an address in a URL ends in logs');
  await phone.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await phone.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await phone.page.waitForURL(`${latchkey.url}/account?from=app`);
  assert.deepEqual(phone.faults, []);
});

test('where somebody was going survives a lost password', async (t) => {
  const { page, faults } = await openPage(t, browser);
  await latchkey.command(['user', 'create', '--email', 'lost@example.com', '--password-stdin'], `${PASSWORD}\n`);
  await page.goto(`${latchkey.url}/login?next=%2Faccount%3Ffrom%3Dapp`);
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await page.getByLabel('E-mail').fill('lost@example.com');
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await page.goto(linkIn(await mailTo(latchkey.dev, 'lost@example.com', /new password/i)));
  await page.getByLabel('New password', { exact: true }).fill('nine ladies dancing');
  await page.getByRole('button', { name: 'Set new password' }).click();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByText('Your new password is set').waitFor();
  assert.equal(await page.getByLabel('E-mail').inputValue(), 'lost@example.com');
  await page.getByLabel('Password', { exact: true }).fill('nine ladies dancing');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(`${latchkey.url}/account?from=app`);
  assert.deepEqual(faults, []);
});

test('who confirms an account that has no password is led to choosing one', async (t) => {
  const { page, faults } = await openPage(t, browser);
  await signUp(page, { email: 'twice@example.com' });
  const mail = await mailTo(latchkey.dev, 'twice@example.com', /confirm/i);
  // What the service notes when somebody else signs up with the address while a mail is held back.
  await latchkey.database.execute(
    `UPDATE account_proofs SET password_hash = NULL WHERE email = 'twice@example.com'`);
  await page.goto(linkIn(mail));
  await page.getByRole('button', { name: 'Confirm my address' }).click();
  await page.getByText('Your account has no password yet').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Forgot your password?' }).count(), 0);
  await page.getByRole('link', { name: 'Choose a password' }).click();
  await page.getByRole('button', { name: 'Send me a link' }).waitFor();
  assert.equal(await page.getByLabel('E-mail').inputValue(), 'twice@example.com');
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await page.goto(linkIn(await mailTo(latchkey.dev, 'twice@example.com', /new password/i)));
  await page.getByRole('button', { name: 'Set new password' }).waitFor();
  assert.deepEqual(faults, []);
});

test('opening the mailed link confirms nothing until its button is pressed', async (t) => {
  const { page, context } = await openPage(t, browser);
  await signUp(page, { email: 'scanner@example.com' });
  const link = linkIn(await mailTo(latchkey.dev, 'scanner@example.com', /confirm/i));
  await page.goto(link);
  await page.getByRole('button', { name: 'Confirm my address' }).waitFor();
  const refused = await context.request.post(`${latchkey.url}/api/login/`, {
    data: { email: 'scanner@example.com', password: PASSWORD },
  });
  assert.equal(refused.status(), 403);
  assert.equal((await refused.json()).code, 'email_not_verified');
});

test('signing up with a known address looks the same, and its owner is told', async (t) => {
  const { page } = await openPage(t, browser);
  await signUp(page, { email: ADA.email });
  await page.getByRole('heading', { name: 'Check your mail' }).waitFor();
  const mail = await mailTo(latchkey.dev, ADA.email, /already have an account/i);
  assert.match(mail.text, /\/login/);
});

test('a password that is refused is said at its field, and what was typed stays', async (t) => {
  const { page, faults } = await openPage(t, browser);
  await signUp(page, { email: 'weak@example.com', password: 'password' });
  await page.getByText('guessed first').waitFor();
  const password = page.getByLabel('Password', { exact: true });
  assert.equal(await hasFocus(password), true);
  assert.equal(await password.getAttribute('aria-invalid'), 'true');
  const described = (await password.getAttribute('aria-describedby')).split(' ');
  assert.deepEqual(described, ['password-hint', 'password-fault']);
  assert.equal(await page.getByLabel('E-mail').inputValue(), 'weak@example.com');
  assert.deepEqual(faults, []);
});

test('who signs in before confirming is told so and can have the mail sent again', async (t) => {
  const { page, faults } = await openPage(t, browser);
  await signUp(page, { email: 'hasty@example.com' });
  await page.getByRole('heading', { name: 'Check your mail' }).waitFor();
  const first = await mailTo(latchkey.dev, 'hasty@example.com', /confirm/i);
  await page.goto(`${latchkey.url}/login`);
  await signInWithPassword(page, { email: 'hasty@example.com', password: PASSWORD });
  await page.getByRole('heading', { name: 'Confirm your address first' }).waitFor();
  await page.getByRole('button', { name: 'Send it again', exact: true }).click();
  await page.getByText('We have asked for another mail to hasty@example.com').waitFor();
  await mailTo(latchkey.dev, 'hasty@example.com', /confirm/i, { after: first.id });
  await page.getByRole('button', { name: 'Back to sign-in' }).click();
  await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
  assert.deepEqual(faults, []);
});

test('a lost password is replaced by the mailed link, and every session ends', async (t) => {
  const elsewhere = await openPage(t, browser);
  await signedIn(elsewhere.context, latchkey);
  assert.notEqual(await accountOf(elsewhere.context, latchkey.url), null);

  const { page, context, faults } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login`);
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await page.getByLabel('E-mail').fill(ADA.email);
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await page.getByRole('heading', { name: 'Check your mail' }).waitFor();

  await page.goto(linkIn(await mailTo(latchkey.dev, ADA.email, /new password/i)));
  const chosen = page.getByLabel('New password', { exact: true });
  await chosen.fill('short');
  await page.getByRole('button', { name: 'Set new password' }).click();
  await page.getByText('fewer than 8 characters').waitFor();
  await chosen.fill('the difference engine');
  await page.getByRole('button', { name: 'Set new password' }).click();
  await page.getByRole('heading', { name: 'Your new password is set' }).waitFor();
  assert.equal(page.url(), `${latchkey.url}/password/reset`);
  assert.equal(await accountOf(elsewhere.context, latchkey.url), null, 'the other session is gone');

  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByText('Your new password is set').waitFor();
  await signInWithPassword(page, { email: ADA.email, password: 'the difference engine' });
  await page.waitForURL(`${latchkey.url}/`);
  assert.equal((await accountOf(context, latchkey.url)).email, ADA.email);
  assert.deepEqual(faults, []);
});

test('a link to a new password works once, and not when it is late', async (t) => {
  const { page, faults } = await openPage(t, browser);
  const ask = async (after) => {
    await page.goto(`${latchkey.url}/password/forgot`);
    await page.getByLabel('E-mail').fill('forgetful@example.com');
    await page.getByRole('button', { name: 'Send me a link' }).click();
    await page.getByRole('heading', { name: 'Check your mail' }).waitFor();
    return mailTo(latchkey.dev, 'forgetful@example.com', /new password/i, { after });
  };
  const follow = async (mail) => {
    // From another page: a link that differs only in its fragment loads nothing.
    await page.goto('about:blank');
    await page.goto(linkIn(mail));
    await page.getByLabel('New password', { exact: true }).fill('seven swans a-swimming');
    await page.getByRole('button', { name: 'Set new password' }).click();
  };
  await latchkey.command(['user', 'create', '--email', 'forgetful@example.com', '--password-stdin'], `${PASSWORD}\n`);
  const first = await ask(0);
  await follow(first);
  await page.getByRole('heading', { name: 'Your new password is set' }).waitFor();
  await follow(first);
  const useless = page.getByRole('heading', { name: 'This link cannot be used' });
  await useless.waitFor();
  assert.equal(await hasFocus(useless), true);

  await page.getByRole('link', { name: 'Send me a new link' }).click();
  await page.waitForURL(`${latchkey.url}/password/forgot`);
  const second = await ask(first.id);
  await latchkey.database.execute('UPDATE account_proofs SET expires_at = now()');
  await follow(second);
  await useless.waitFor();
  assert.deepEqual(faults, []);
});

test('a link that confirms an address is useless when it is late', async (t) => {
  const { page } = await openPage(t, browser);
  await signUp(page, { email: 'late@example.com' });
  const mail = await mailTo(latchkey.dev, 'late@example.com', /confirm/i);
  await latchkey.database.execute('UPDATE account_proofs SET expires_at = now()');
  await page.goto(linkIn(mail));
  await page.getByRole('button', { name: 'Confirm my address' }).click();
  await page.getByRole('heading', { name: 'This link cannot be used' }).waitFor();
  await page.getByText('It may be older than a day').waitFor();
});

test('the address that was typed is there on the next page', async (t) => {
  const { page } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login`);
  await page.getByLabel('E-mail').fill(ADA.email);
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await page.getByRole('button', { name: 'Send me a link' }).waitFor();
  assert.equal(await page.getByLabel('E-mail').inputValue(), ADA.email);
  assert.doesNotMatch(page.url(), /ada/, 'an address in a URL ends in logs');
});

test('the page for a forgotten password says the same for an unknown address', async (t) => {
  const { page } = await openPage(t, browser);
  const said = [];
  for (const email of [ADA.email, 'nobody@example.com']) {
    await page.goto(`${latchkey.url}/password/forgot`);
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Send me a link' }).click();
    await page.getByRole('heading', { name: 'Check your mail' }).waitFor();
    said.push((await page.locator('main p:visible').allInnerTexts()).join('\n').replace(email, ''));
  }
  assert.equal(said[0], said[1]);
});

test('links without their token say so and lead on', async (t) => {
  const { page } = await openPage(t, browser);
  for (const path of ['/email/verify', '/password/reset', '/password/reset#token=']) {
    await page.goto('about:blank');
    await page.goto(`${latchkey.url}${path}`);
    await page.getByRole('heading', { name: 'This link cannot be used' }).waitFor();
  }
  await page.getByRole('link', { name: 'Send me a new link' }).click();
  await page.waitForURL(`${latchkey.url}/password/forgot`);
});

test('where the visitor was going survives the way from sign-in to sign-up and back', async (t) => {
  const { page } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login?next=%2Fapp`);
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.waitForURL('**/signup?next=%2Fapp');
  await page.getByRole('link', { name: 'Sign up with GitHub' }).waitFor();
  const href = await page.getByRole('link', { name: 'Sign up with GitHub' }).getAttribute('href');
  assert.equal(new URL(href).searchParams.get('next'), '/app');
  await page.getByRole('link', { name: 'Sign in', exact: true }).click();
  await page.waitForURL('**/login?next=%2Fapp');
});
