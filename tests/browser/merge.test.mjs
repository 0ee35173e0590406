// Two accounts of one person: connecting a provider that opens the other one leads to making them
// one, and away from it.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { accessibilityFaults } from './support/accessibility.mjs';
import { accountOf, launchBrowser, openPage, signedIn, signInWith } from './support/browser.mjs';
import { ADA, startWithDevProvider } from './support/latchkey.mjs';

const OTHER = 'katherine@example.com';

let latchkey;
let browser;

before(async () => {
  // Without the cache, so that a login can be made older in the database.
  latchkey = await startWithDevProvider({ settings: { session: { cache: false } } });
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await latchkey?.stop();
});
// Each test begins with Ada, her password and nothing connected.
beforeEach(() => latchkey.database.execute(
  `DELETE FROM sessions; DELETE FROM identities; DELETE FROM merges; DELETE FROM users WHERE email <> '${ADA.email}'`));

// Katherine's account, made by her first sign-in; answers her browser.
async function otherAccount(t) {
  const other = await openPage(t, browser);
  await other.page.goto(`${latchkey.url}/login?next=/account`);
  await signInWith(other.page, 'GitHub', { person: 'katherine' });
  await other.page.waitForURL(`${latchkey.url}/account`);
  return other;
}

// Ada connects what opens the other account; ends on the error page.
async function connectWhatIsTaken(page) {
  await page.getByRole('button', { name: 'Connect GitHub', exact: true }).click();
  await page.locator('[data-person="katherine"]').click();
  await page.locator('main[data-code="identity_in_use"]').waitFor();
}

async function openAccount(t, options) {
  const opened = await openPage(t, browser, options);
  await signedIn(opened.context, latchkey);
  await opened.page.goto(`${latchkey.url}/account`);
  return opened;
}

const offerLink = (page) => page.getByRole('link', { name: 'Make the two accounts one' });
const part = (page) => page.getByRole('region', { name: 'Make your two accounts one' });
const mergeButton = (page) => part(page).getByRole('button', { name: 'Make the two accounts one' });
const makeLoginOld = () =>
  latchkey.database.execute(`UPDATE sessions SET authenticated_at = authenticated_at - interval '1 hour'`);

test('who proves both accounts is told what would happen, and makes them one', async (t) => {
  const other = await otherAccount(t);
  const { page, context, faults } = await openAccount(t);
  await connectWhatIsTaken(page);
  assert.deepEqual(await accessibilityFaults(page), []);
  assert.equal(await page.getByRole('link', { name: 'Try GitHub again' }).count(), 0,
    'it would sign in to the other account');
  await offerLink(page).click();
  await mergeButton(page).waitFor();
  const title = page.getByRole('heading', { name: 'Make your two accounts one' });
  assert.equal(await title.evaluate((e) => e === document.activeElement), true);
  assert.deepEqual(await accessibilityFaults(page), []);
  const said = await part(page).innerText();
  for (const fact of [`${ADA.email}\nAccount number`, `${OTHER}\nAccount number`, /GitHub signs you in to the account that stays/,
    /Your password stays what it is/, /signed out everywhere \(1 session\)/]) {
    if (fact instanceof RegExp) assert.match(said, fact);
    else assert.ok(said.includes(fact), `${said} has ${fact}`);
  }
  assert.notEqual(await accountOf(other.context, latchkey.url), null, 'nothing has happened so far');

  await mergeButton(page).click();
  await page.getByText(`The account of ${OTHER} is part of this one now.`).waitFor();
  assert.equal(await part(page).count(), 0);
  await page.getByRole('button', { name: 'Disconnect GitHub' }).waitFor();
  assert.equal(page.url(), `${latchkey.url}/account`);
  assert.equal(await accountOf(other.context, latchkey.url), null);
  const merged = await accountOf(context, latchkey.url);
  assert.equal(merged.email, ADA.email);
  assert.deepEqual(merged.identities.map(({ provider }) => provider), ['github']);

  await other.page.goto(`${latchkey.url}/login?next=/account`);
  await signInWith(other.page, 'GitHub', { person: 'katherine' });
  await other.page.waitForURL(`${latchkey.url}/account`);
  assert.equal((await accountOf(other.context, latchkey.url)).id, merged.id);
  assert.deepEqual(faults, []);
});

test('who cancels keeps both accounts, and the page does not ask again', async (t) => {
  const other = await otherAccount(t);
  const { page, context, faults } = await openAccount(t);
  await connectWhatIsTaken(page);
  await offerLink(page).click();
  await mergeButton(page).waitFor();
  await part(page).getByRole('button', { name: 'Cancel' }).click();
  await part(page).waitFor({ state: 'hidden' });
  await page.reload();
  await page.getByRole('heading', { name: 'Ways to sign in' }).waitFor();
  assert.equal(await part(page).count(), 0);
  assert.deepEqual((await accountOf(context, latchkey.url)).identities, []);
  assert.equal((await accountOf(other.context, latchkey.url)).email, OTHER);
  assert.deepEqual(faults, []);
});

test('who would rather not look goes back to the account', async (t) => {
  await otherAccount(t);
  const { page, context } = await openAccount(t);
  await connectWhatIsTaken(page);
  await page.getByRole('link', { name: 'Back to your account' }).click();
  await page.waitForURL(`${latchkey.url}/account`);
  assert.deepEqual((await accountOf(context, latchkey.url)).identities, []);
});

test('an offer that has expired meanwhile leads to connecting again', async (t) => {
  await otherAccount(t);
  const { page, context, faults } = await openAccount(t);
  await connectWhatIsTaken(page);
  await offerLink(page).click();
  await mergeButton(page).waitFor();
  // As the browser does after ten minutes; that the service does is an integration test.
  await context.clearCookies({ name: 'latchkey_merge' });
  await mergeButton(page).click();
  await page.getByText('remembered for ten minutes, and they are over').waitFor();
  assert.deepEqual((await accountOf(context, latchkey.url)).identities, []);

  await part(page).getByRole('button', { name: 'Connect GitHub again' }).click();
  await page.locator('[data-person="katherine"]').click();
  await offerLink(page).click();
  await mergeButton(page).click();
  await page.getByText(`The account of ${OTHER} is part of this one now.`).waitFor();
  assert.deepEqual(faults, []);
});

test('a login that is no longer recent is confirmed before anything is shown', async (t) => {
  await otherAccount(t);
  const { page, faults } = await openAccount(t);
  await connectWhatIsTaken(page);
  await makeLoginOld();
  await offerLink(page).click();
  const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' });
  await dialog.waitFor();
  assert.equal(await page.getByText(OTHER).count(), 0);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await part(page).count(), 0);

  await page.goto(`${latchkey.url}/account?merge=github`);
  await dialog.getByLabel(`Password of ${ADA.email}`).fill(ADA.password);
  await dialog.getByRole('button', { name: 'Confirm', exact: true }).click();
  await mergeButton(page).click();
  await page.getByText(`The account of ${OTHER} is part of this one now.`).waitFor();
  assert.deepEqual(faults, []);
});

test('an account without a password may take over that of the other one', async (t) => {
  const { page, context, faults } = await otherAccount(t);
  const ada = await openPage(t, browser);
  await ada.page.goto(`${latchkey.url}/login?next=/account`);
  await signInWith(ada.page, 'Google');
  await ada.page.waitForURL(`${latchkey.url}/account`);

  await page.getByRole('button', { name: 'Connect Google' }).click();
  await page.locator('[data-person="ada"]').click();
  await offerLink(page).click();
  await part(page).getByText('The password of the other account ends, unless you keep it.').waitFor();
  await part(page).getByLabel(`Sign in as ${OTHER} with the password of the other account`).check();
  await mergeButton(page).click();
  await page.getByText(`The account of ${ADA.email} is part of this one now.`).waitFor();
  assert.equal((await accountOf(context, latchkey.url)).has_password, true);
  const again = await openPage(t, browser);
  await signedIn(again.context, latchkey, { email: OTHER, password: ADA.password });
  assert.deepEqual(faults, []);
  // Ada as she was, for the tests that follow.
  await latchkey.database.execute(
    `UPDATE users SET disabled_at = NULL, merged_into = NULL WHERE email = '${ADA.email}'`);
});

test('two accounts at one provider are told apart, and one that is not offered any more is said to be that', async (t) => {
  const { page, context } = await openAccount(t);
  await latchkey.database.execute(
    `INSERT INTO identities (user_id, provider, subject, email, email_verified, linked_at)
       SELECT users.id, one.provider, one.address, one.address, true, now() FROM users,
         (VALUES ('github', '${ADA.email}'), ('github', '${OTHER}'), ('gitlab', 'ada')) AS one (provider, address)
       WHERE users.email = '${ADA.email}'`);
  await page.reload();
  await page.getByText('This service no longer offers it').waitFor();
  await page.getByRole('button', { name: `Disconnect GitHub (${OTHER})` }).click();
  const dialog = page.getByRole('dialog', { name: `Disconnect GitHub (${OTHER})?` });
  await dialog.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByText(`GitHub (${OTHER}) is disconnected.`).waitFor();
  await page.getByRole('button', { name: 'Disconnect GitHub', exact: true }).waitFor();
  const { identities } = await accountOf(context, latchkey.url);
  assert.deepEqual(identities.map(({ subject }) => subject).sort(), ['ada', ADA.email].sort());
});

test('a disabled account is neither merged nor shown', async (t) => {
  await otherAccount(t);
  const { page } = await openAccount(t);
  await latchkey.database.execute(`UPDATE users SET disabled_at = now() WHERE email = '${OTHER}'`);
  await connectWhatIsTaken(page);
  await offerLink(page).click();
  await page.getByText('The other account is disabled.').waitFor();
  assert.equal(await page.getByText(OTHER).count(), 0);
  await part(page).getByRole('button', { name: 'Close' }).click();
  await page.getByRole('heading', { name: 'Ways to sign in' }).waitFor();
});

test('without an offer the page says so, and a stranger is asked to sign in', async (t) => {
  const { page } = await openAccount(t);
  await page.goto(`${latchkey.url}/account?merge=github`);
  await page.getByText('remembered for ten minutes, and they are over').waitFor();
  const stranger = await openPage(t, browser);
  await stranger.page.goto(`${latchkey.url}/account?merge=github`);
  await stranger.page.waitForURL('**/login?next=%2Faccount');
});
