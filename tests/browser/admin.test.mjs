// The administration's page: support staff find a user, see why there is one, merge it with another
// after a preview, and undo that. Everybody else is sent away.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { accessibilityFaults } from './support/accessibility.mjs';
import { card, createStaff, dialog, giveReason, GRACE, newcomer, openUser, searchFor, staffPage, userOf } from './support/admin.mjs';
import { launchBrowser, openPage, signInWithPassword } from './support/browser.mjs';
import { ADA, startWithDevProvider } from './support/latchkey.mjs';

const LOOKS = [
  { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
];

// As long as they may be, and without a place to break.
const LONG = { email: `${'x'.repeat(64)}@${'y'.repeat(60)}.${'z'.repeat(60)}.example`, name: 'W'.repeat(150) };

let latchkey;
let browser;

before(async () => {
  latchkey = await startWithDevProvider();
  await createStaff(latchkey);
  await latchkey.command(['user', 'create', '--email', LONG.email, '--name', LONG.name]);
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await latchkey?.stop();
});

const asStaff = (t, options) => staffPage(t, browser, latchkey, options);

test('a user is found by part of an address, merged after a preview, and given back', async (t) => {
  const alan = await newcomer(t, browser, latchkey, 'GitHub', 'alan');
  const { page, faults } = await asStaff(t);
  await searchFor(page, 'lan@exam');
  await page.locator('.people a', { hasText: alan.email }).click();
  await page.getByRole('heading', { level: 1, name: alan.name }).waitFor();
  await card(page, 'Why this user exists')
    .getByText('created: verified address at the provider is new here', { exact: true }).waitFor();

  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await dialog(page).getByLabel('With which user?').fill(ADA.email);
  await dialog(page).getByRole('radio').waitFor();
  await dialog(page).getByRole('button', { name: 'Preview' }).click();
  await dialog(page).getByText(`${alan.email} (user ${alan.id}) becomes part of ${ADA.name}, ${ADA.email}`).waitFor();
  await dialog(page).getByText(`Identity github: ${alan.identities[0].subject} moves`).waitFor();
  const ada = await userOf(latchkey, ADA.email);
  assert.deepEqual(ada.identities, [], 'a preview changes nothing');

  await giveReason(page, 'ticket 4711: the wrong button', 'Merge');
  await page.getByText('The users are merged.').waitFor();
  await page.getByText(`Merged into ${ADA.name}, ${ADA.email}`).waitFor();
  const line = card(page, 'What happened').getByRole('listitem').first();
  assert.match(await line.innerText(), /Merged[^]*ticket 4711: the wrong button[^]*by grace@staff\.example/);
  assert.deepEqual((await userOf(latchkey, ADA.email)).identities.map(({ subject }) => subject),
    [alan.identities[0].subject]);
  await searchFor(page, 'lan@exam');
  await page.locator('.people > li', { hasText: alan.email }).getByRole('link', { name: `user ${ada.id}`, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: ADA.name }).waitFor();

  await page.getByRole('button', { name: `Undo the merge with user ${alan.id}` }).click();
  await giveReason(page, 'two people after all', 'Undo the merge');
  await page.getByText('The merge is undone.').waitFor();
  await card(page, 'Identities').getByText(alan.identities[0].subject).waitFor({ state: 'detached' });
  assert.deepEqual((await userOf(latchkey, ADA.email)).identities, []);
  const given = await userOf(latchkey, alan.email);
  assert.deepEqual([given.disabled, given.identities.length], [false, 1]);
  await page.getByRole('link', { name: 'All of it in the audit log' }).click();
  await page.getByText('two people after all').waitFor();
  assert.deepEqual(faults, []);
});

// Presses Tab until `wanted` has the focus, as somebody without a mouse does.
async function tabTo(page, wanted) {
  for (let pressed = 0; pressed < 60; ++pressed) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((e) => e === document.activeElement)) return;
  }
  assert.fail(`${wanted} cannot be reached with Tab`);
}

const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.localName);

test('the keyboard alone leads from the search through a merge and its undo', async (t) => {
  const katherine = await newcomer(t, browser, latchkey, 'Google', 'katherine');
  const { page, faults } = await asStaff(t);
  await page.keyboard.press('/');
  assert.equal(await focused(page), 'search');
  await page.keyboard.type('katherine@exam');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '1 user for “katherine@exam”' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'solid', 'the focus can be seen');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: katherine.name }).waitFor();
  assert.equal(await focused(page), 'h1', 'reading goes on at the top');

  const merge = page.getByRole('button', { name: 'Merge', exact: true });
  await tabTo(page, merge);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  assert.equal(await focused(page), 'change-into');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await merge.evaluate((e) => e === document.activeElement), true, 'the focus comes back');

  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.type(ADA.email);
  await dialog(page).getByRole('radio', { checked: true }).waitFor();
  await page.keyboard.press('Enter');
  await dialog(page).getByText('What will change').waitFor();
  assert.equal(await focused(page), 'change-reason');
  await page.keyboard.type('no mouse at hand');
  await page.keyboard.press('Enter');
  await page.getByText('The users are merged.').waitFor();
  assert.equal(await focused(page), 'view-notice', 'how it went is read out');

  await tabTo(page, page.getByRole('button', { name: /^Undo the merge/ }));
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.type('found the mouse');
  await page.keyboard.press('Enter');
  await page.getByText('The merge is undone.').waitFor();
  assert.equal((await userOf(latchkey, katherine.email)).identities.length, 1);
  assert.deepEqual(faults, []);
});

test('a long list comes page by page, everybody once, and the focus goes on in it', async (t) => {
  await latchkey.database.execute(
    `INSERT INTO users (email, created_at) SELECT 'crowd' || n || '@example.net', now() FROM generate_series(1, 120) n`);
  const { page } = await asStaff(t);
  await searchFor(page, '@example.net');
  await page.getByRole('heading', { name: '50 and more users' }).waitFor();
  const rows = page.locator('.people > li');
  for (const shown of [100, 120]) {
    const before = await rows.count();
    await page.getByRole('button', { name: 'Show more' }).click();
    await rows.nth(shown - 1).waitFor();
    const first = rows.nth(before).locator('a');
    assert.equal(await first.evaluate((e) => e === document.activeElement), true);
  }
  assert.equal(await page.getByRole('button', { name: 'Show more' }).count(), 0);
  const people = await page.locator('.people strong').allInnerTexts();
  assert.deepEqual([people.length, new Set(people).size], [120, 120]);
});

test('explaining a sign-in says what would be decided and why', async (t) => {
  const { page, faults } = await asStaff(t, { path: '/admin/#/explain' });
  await page.getByLabel('Provider', { exact: true }).last().selectOption('google');
  await page.getByLabel('E-mail').fill('somebody@gmail.com');
  await page.getByRole('button', { name: 'Explain', exact: true }).click();
  await page.getByText('created: verified address at the provider is new here').waitFor();
  assert.deepEqual(faults, []);
});

test('a visitor is sent to the sign-in and comes back to the view, and a user who is not staff is refused', async (t) => {
  const { page } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/admin/#/users/1`);
  await page.getByText('You are not signed in.').waitFor();
  await page.getByRole('link', { name: 'Sign in', exact: true }).click();
  await signInWithPassword(page, ADA);
  await page.getByText(`You are signed in as ${ADA.email}, who is not staff.`, { exact: false }).waitFor();
  assert.equal(await page.getByLabel('Search users').isVisible(), false);
  assert.equal(await page.getByRole('navigation').isVisible(), false);
  assert.deepEqual(await accessibilityFaults(page), []);

  await page.getByRole('link', { name: 'Sign in as somebody else' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await signInWithPassword(page, GRACE);
  await page.getByRole('heading', { level: 1, name: ADA.name }).waitFor();
  assert.equal(page.url(), `${latchkey.url}/admin/#/users/1`);
});

test('who is staff no longer is told so at the next step', async (t) => {
  const { page } = await asStaff(t);
  const sql = (is) => `UPDATE users SET is_staff = ${is} WHERE email = '${GRACE.email}'`;
  await latchkey.database.execute(sql(false));
  t.after(() => latchkey.database.execute(sql(true)));
  await page.getByRole('link', { name: 'Audit log' }).click();
  await page.getByText(`You are signed in as ${GRACE.email}, who is not staff.`, { exact: false }).waitFor();
  assert.equal(await page.locator('#view').isVisible(), false);
});

const VIEWS = {
  '#/users?search=ada': /for “ada”$/,
  '#/users/1': ADA.name,
  '#/audit': 'Audit log',
  '#/explain?provider=github&email=ada@example.com&verified=1': 'Explain a sign-in',
  '#/webhooks': 'Webhooks',
  '#/health': 'Health',
  '#/users/999999': 'This cannot be shown',
};

async function checkLook(page, what) {
  assert.deepEqual(await accessibilityFaults(page), [], what);
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(tooWide, false, `${what} scrolls sideways`);
}

for (const look of LOOKS) {
  test(`every view in ${look.colorScheme}, ${look.viewport.width} pixels wide`, async (t) => {
    const { page, faults } = await asStaff(t, look);
    for (const [address, heading] of Object.entries(VIEWS)) {
      await page.goto(`${latchkey.url}/admin/${address}`);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      await checkLook(page, address);
    }
    await openUser(page, LONG.email);
    await checkLook(page, 'a user with long values');
    await page.getByRole('button', { name: 'Merge', exact: true }).click();
    await dialog(page).getByLabel('With which user?').fill(ADA.email);
    await dialog(page).getByRole('radio', { checked: true }).waitFor();
    await checkLook(page, 'a choice');
    await dialog(page).getByRole('button', { name: 'Preview' }).click();
    await dialog(page).getByLabel('Reason').waitFor();
    await checkLook(page, 'a preview');
    assert.deepEqual(faults, []);
  });
}
