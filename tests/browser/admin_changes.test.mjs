// What staff change on the administration's page: every change has a preview and a reason, needs a
// recent login, and what the service refuses is said in its own words.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { card, carryOut, createStaff, dialog, giveReason, GRACE, newcomer, openUser, staffPage, userOf } from './support/admin.mjs';
import { launchBrowser } from './support/browser.mjs';
import { ADA, startWithDevProvider } from './support/latchkey.mjs';

const LONG_AGO = '1 hour';

let latchkey;
let browser;

before(async () => {
  latchkey = await startWithDevProvider();
  await createStaff(latchkey);
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await latchkey?.stop();
});

const asStaff = (t, options) => staffPage(t, browser, latchkey, options);
const confirmation = (page) => page.getByRole('dialog', { name: 'Confirm that it is you' });

test('an old login is asked for the password before a change, which then goes on by itself', async (t) => {
  const { page, faults } = await asStaff(t, { ago: LONG_AGO });
  await openUser(page, ADA.email);
  await page.getByRole('button', { name: 'Disable' }).click();
  const password = confirmation(page).getByLabel(`Password of ${GRACE.email}`);
  await password.fill('not it');
  await confirmation(page).getByRole('button', { name: 'Confirm' }).click();
  await confirmation(page).getByText('This is not your password.').waitFor();
  assert.equal((await userOf(latchkey, ADA.email)).disabled, false);
  await password.fill(GRACE.password);
  await confirmation(page).getByRole('button', { name: 'Confirm' }).click();
  await dialog(page).getByText('What will change').waitFor();
  await giveReason(page, 'lost the laptop', 'Disable');
  await page.getByText('The user is disabled.').waitFor();
  assert.equal((await userOf(latchkey, ADA.email)).disabled, true);

  await carryOut(page, { open: 'Enable', confirm: 'Enable', done: 'The user is enabled.' });
  assert.equal((await userOf(latchkey, ADA.email)).disabled, false);
  assert.deepEqual(faults, []);
});

test('an old login is confirmed through a provider, and the change is taken up where it was left', async (t) => {
  const people = await fetch(`${latchkey.dev}/_control/people`).then((answer) => answer.json());
  const { github } = people.people.find(({ id }) => id === 'katherine');
  await latchkey.command(['user', 'link', GRACE.email, '--provider', 'github', '--subject', String(github.id), '--reason', 'her own']);
  t.after(() => latchkey.database.execute(`DELETE FROM identities WHERE subject = '${github.id}'`));
  const { page, faults } = await asStaff(t, { ago: LONG_AGO });
  await openUser(page, ADA.email);
  const view = page.url();
  await page.getByRole('button', { name: 'Change name' }).click();
  await dialog(page).getByLabel('Name', { exact: true }).fill('Ada King');
  await dialog(page).getByRole('button', { name: 'Preview' }).click();
  await confirmation(page).getByRole('button', { name: 'Confirm with GitHub' }).click();
  await page.locator('[data-person="katherine"]').click();

  await dialog(page).getByLabel('Name', { exact: true }).waitFor();
  assert.equal(page.url(), `${latchkey.url}/admin/${new URL(view).hash}`);
  assert.equal(await dialog(page).getByLabel('Name', { exact: true }).inputValue(), 'Ada King');
  await dialog(page).getByRole('button', { name: 'Preview' }).click();
  await giveReason(page, 'married', 'Change the name');
  await page.getByText('The name is changed.').waitFor();
  assert.equal((await userOf(latchkey, ADA.email)).name, 'Ada King');
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Ada King' }).waitFor();
  assert.equal(await page.getByRole('dialog').count(), 0, 'it is taken up once');
  assert.deepEqual(faults, []);
});

test('identities are linked, moved, unlinked and allowed beforehand, and sessions end', async (t) => {
  const katherine = await newcomer(t, browser, latchkey, 'GitHub', 'katherine');
  const { page, faults } = await asStaff(t);
  await openUser(page, katherine.email);
  await carryOut(page, {
    open: 'Link an identity',
    fill: async (asked) => {
      await asked.getByLabel('Provider', { exact: true }).selectOption('google');
      await asked.getByLabel('Subject').fill('314159');
    },
    confirm: 'Link', done: 'The identity is linked.',
  });
  await carryOut(page, {
    open: 'Allow one beforehand',
    fill: async (asked) => {
      await asked.getByLabel('Provider', { exact: true }).selectOption('facebook');
      await asked.getByLabel('E-mail at the provider').fill('kj@example.org');
    },
    confirm: 'Allow', done: 'The next sign-in with that address is linked to this user.',
  });
  await carryOut(page, { open: 'Revoke kj@example.org', confirm: 'Allow it no longer', done: 'It is allowed no longer.' });
  await carryOut(page, { open: 'End all sessions', confirm: 'End all sessions', done: 'The sessions have ended.' });
  await card(page, 'Sessions').getByText('Signed in nowhere.').waitFor();
  await carryOut(page, {
    open: 'Move google 314159',
    fill: async (asked) => {
      await asked.getByLabel('To which user?').fill(ADA.email);
      await asked.getByRole('radio').waitFor();
    },
    confirm: 'Move', done: 'The identity is moved.',
  });
  assert.deepEqual((await userOf(latchkey, ADA.email)).identities.map(({ subject }) => subject), ['314159']);

  await openUser(page, ADA.email);
  await carryOut(page, { open: 'Unlink google 314159', fill: async () => {}, confirm: 'Unlink', done: 'The identity is unlinked.' });
  assert.deepEqual((await userOf(latchkey, ADA.email)).identities, []);
  assert.deepEqual(faults, []);
});

test('a user is created, made staff and given another address', async (t) => {
  const { page, faults } = await asStaff(t);
  await carryOut(page, {
    open: 'Create a user',
    fill: (asked) => asked.getByLabel('E-mail').fill('new@example.org'),
    confirm: 'Create', done: 'The user is created.',
  });
  await openUser(page, 'new@example.org');
  await carryOut(page, { open: 'Make staff', confirm: 'Make staff', done: 'The user is staff.' });
  await carryOut(page, { open: 'Take staff away', confirm: 'Take it away', done: 'The user is staff no longer.' });
  await carryOut(page, {
    open: 'Change address',
    fill: async (asked) => {
      await asked.getByLabel('E-mail').fill('newer@example.org');
      await asked.getByLabel('Whose is the address?').selectOption('true');
    },
    confirm: 'Change the address', done: 'The address is changed.',
  });
  const user = await userOf(latchkey, 'newer@example.org');
  assert.deepEqual([user.is_staff, user.email_verified], [false, true]);
  const lines = card(page, 'What happened');
  for (const what of ['User created', 'Made staff', 'No longer staff', 'Address changed']) {
    await lines.getByText(what, { exact: true }).waitFor();
  }
  assert.deepEqual(faults, []);
});

test('a merge with a disabled user is offered only when it is asked for nevertheless', async (t) => {
  await latchkey.command(['user', 'create', '--email', 'idle@example.org', '--reason', 'a test']);
  await latchkey.command(['user', 'disable', 'idle@example.org', '--reason', 'a test']);
  const { page, faults } = await asStaff(t);
  await openUser(page, 'idle@example.org');
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  const merge = dialog(page).getByRole('button', { name: 'Merge', exact: true });
  await dialog(page).getByLabel('With which user?').fill(ADA.email);
  await dialog(page).getByRole('radio', { checked: true }).waitFor();
  await dialog(page).getByRole('button', { name: 'Preview' }).click();
  await dialog(page).getByText('Go back to choose whether to merge nevertheless.').waitFor();
  assert.equal(await merge.count(), 0);
  await dialog(page).getByRole('button', { name: 'Back' }).click();
  await dialog(page).getByLabel('If one of them is disabled').selectOption('true');
  await dialog(page).getByRole('button', { name: 'Preview' }).click();
  await merge.waitFor();
  await giveReason(page, 'left over from a test', 'Merge');
  await page.getByText('The users are merged.').waitFor();
  assert.deepEqual(faults, []);
});

test('what the service refuses is said in its own words', async (t) => {
  const { page } = await asStaff(t);
  await openUser(page, GRACE.email);
  await page.getByRole('button', { name: 'Disable' }).click();
  await page.locator('#view-alert:visible').waitFor();
  assert.match(await page.locator('#view-alert').innerText(), /You cannot lock yourself out/);

  await page.getByRole('button', { name: 'Link an identity' }).click();
  await dialog(page).getByLabel('Subject').fill('4242');
  await dialog(page).getByRole('button', { name: 'Preview' }).click();
  await dialog(page).getByLabel('Reason').fill('   ');
  await dialog(page).getByRole('button', { name: 'Link', exact: true }).click();
  await dialog(page).getByText('Please say why; the audit log keeps it.').waitFor();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await dialog(page).getByLabel('With which user?').fill(ADA.email);
  await dialog(page).getByRole('radio', { checked: true }).waitFor();
  await dialog(page).getByRole('button', { name: 'Preview' }).click();
  await dialog(page).getByText('Only a superuser may do that.').waitFor();
  await page.keyboard.press('Escape');

  await latchkey.command(['user', 'link', ADA.email, '--provider', 'google', '--subject', '2718', '--reason', 'hers']);
  await page.getByRole('button', { name: 'Link an identity' }).click();
  await dialog(page).getByLabel('Provider', { exact: true }).selectOption('google');
  await dialog(page).getByLabel('Subject').fill('2718');
  await dialog(page).getByRole('button', { name: 'Preview' }).click();
  await dialog(page).getByText('This identity belongs to user 1.').waitFor();
  assert.equal(await dialog(page).getByLabel('Subject').getAttribute('aria-invalid'), 'true');
});
