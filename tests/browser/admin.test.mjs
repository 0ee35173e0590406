// The administration's page: support staff find a user, see why there is one, merge it with another
// after a preview, and undo that. Everybody else is sent away.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { accessibilityFaults } from './support/accessibility.mjs';
import { accountOf, launchBrowser, openPage, signInWith, signInWithPassword } from './support/browser.mjs';
import { ADA, startWithDevProvider } from './support/latchkey.mjs';

const GRACE = { email: 'grace@staff.example', name: 'Grace Hopper', password: 'nanoseconds of wire' };
const LOOKS = [
  { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
];

let latchkey;
let browser;

before(async () => {
  latchkey = await startWithDevProvider();
  await latchkey.command(
    ['user', 'create', '--email', GRACE.email, '--name', GRACE.name, '--staff', '--password-stdin'],
    `${GRACE.password}\n`,
  );
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await latchkey?.stop();
});

// Somebody new signs in through the dev provider; answers their account.
async function newcomer(t, provider, person) {
  const { page, context } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login`);
  await signInWith(page, provider, { person });
  await page.waitForURL(`${latchkey.url}/**`);
  return accountOf(context, latchkey.url);
}

async function staffPage(t, path = '/admin/', options = {}) {
  const opened = await openPage(t, browser, options);
  await opened.page.goto(`${latchkey.url}/login?next=/admin/`);
  await signInWithPassword(opened.page, GRACE);
  await opened.page.getByRole('heading', { name: 'Users', exact: true }).waitFor();
  if (path !== '/admin/') await opened.page.goto(`${latchkey.url}${path}`);
  return opened;
}

const card = (page, name) => page.getByRole('region', { name });
const dialog = (page) => page.getByRole('dialog').last();

async function searchFor(page, text) {
  await page.getByLabel('Search users').fill(text);
  await page.keyboard.press('Enter');
}

async function openUser(page, email) {
  await searchFor(page, email);
  await page.locator('.people a', { hasText: email }).click();
  await page.getByRole('heading', { name: 'Profile' }).waitFor();
}

async function giveReason(page, reason, button) {
  await dialog(page).getByLabel('Reason').fill(reason);
  await dialog(page).getByRole('button', { name: button, exact: true }).click();
}

test('a user is found by part of an address, merged after a preview, and given back', async (t) => {
  const alan = await newcomer(t, 'GitHub', 'alan');
  const { page, faults } = await staffPage(t);
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
  const ada = await latchkey.command(['user', 'show', ADA.email, '--json']).then(JSON.parse);
  assert.deepEqual(ada.identities, [], 'a preview changes nothing');

  await giveReason(page, 'ticket 4711: the wrong button', 'Merge');
  await page.getByText('The users are merged.').waitFor();
  await page.getByText('This user is part of').waitFor();
  const line = card(page, 'What happened').getByRole('listitem').first();
  assert.match(await line.innerText(), /Merged[^]*ticket 4711: the wrong button[^]*by grace@staff\.example/);

  await page.getByRole('button', { name: `Undo the merge with user ${ada.id}` }).click();
  await giveReason(page, 'two people after all', 'Undo the merge');
  await page.getByText('The merge is undone.').waitFor();
  await card(page, 'Identities').getByText(alan.identities[0].subject).waitFor();
  await page.getByRole('link', { name: 'All of it in the audit log' }).click();
  await page.getByText('two people after all').waitFor();
  assert.deepEqual(faults, []);
});

test('the keyboard alone leads from the search to a user and out of a dialog', async (t) => {
  const { page } = await staffPage(t);
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'search');
  await page.keyboard.type('ada lov');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '1 user for “ada lov”' }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.equal(outline, 'solid', 'the focus can be seen');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: ADA.name }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.localName), 'h1', 'reading goes on at the top');

  const rename = page.getByRole('button', { name: 'Change name' });
  await rename.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'change-name');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await rename.evaluate((e) => e === document.activeElement), true, 'the focus comes back');
});

test('a change asks for a recent login and then goes on by itself', async (t) => {
  const { page } = await staffPage(t);
  await openUser(page, ADA.email);
  let confirmed = false;
  await page.route('**/api/reauthenticate/', (route) => {
    confirmed = route.request().postDataJSON().password === GRACE.password;
    return route.fulfill({ json: { detail: 'Success' } });
  });
  await page.route('**/api/admin/users/*/?dry_run=1', (route) =>
    confirmed
      ? route.continue()
      : route.fulfill({ status: 403, json: { code: 'reauthentication_required', detail: 'Log in again.' } }));

  await page.getByRole('button', { name: 'Disable' }).click();
  await dialog(page).getByLabel(`Password of ${GRACE.email}`).fill(GRACE.password);
  await dialog(page).getByRole('button', { name: 'Confirm' }).click();
  await dialog(page).getByText('What will change').waitFor();
  await giveReason(page, 'lost the laptop', 'Disable');
  await page.getByText('The user is disabled.').waitFor();
  await page.getByRole('button', { name: 'Enable' }).click();
  await giveReason(page, 'found it', 'Enable');
  await page.getByText('The user is enabled.').waitFor();
});

test('a change that waits for a confirmation at a provider is taken up again', async (t) => {
  await latchkey.command(['user', 'link', GRACE.email, '--provider', 'github', '--subject', '4711', '--reason', 'her own']);
  const { page } = await staffPage(t);
  await openUser(page, ADA.email);
  let confirmed = false;
  await page.route('**/auth/github/login?*', (route) => {
    const asked = new URL(route.request().url()).searchParams;
    confirmed = asked.get('intent') === 'reauthenticate';
    return route.fulfill({ status: 302, headers: { location: asked.get('next') } });
  });
  await page.route('**/api/admin/users/*/?dry_run=1', (route) =>
    confirmed
      ? route.continue()
      : route.fulfill({ status: 403, json: { code: 'reauthentication_required', detail: 'Log in again.' } }));

  await page.getByRole('button', { name: 'Change name' }).click();
  await dialog(page).getByLabel('Name', { exact: true }).fill('Ada King');
  await dialog(page).getByRole('button', { name: 'Preview' }).click();
  await page.getByRole('link', { name: 'Confirm with GitHub' }).click();
  await page.waitForURL(`${latchkey.url}/admin/#/users/1`);
  assert.equal(await dialog(page).getByLabel('Name', { exact: true }).inputValue(), 'Ada King');
  await dialog(page).getByRole('button', { name: 'Preview' }).click();
  await dialog(page).getByText('What will change').waitFor();
});

test('what the service refuses is said in its own words', async (t) => {
  const { page } = await staffPage(t);
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
});

test('identities are linked, moved, unlinked and allowed beforehand, and sessions end', async (t) => {
  const katherine = await newcomer(t, 'GitHub', 'katherine');
  const { page, faults } = await staffPage(t);
  const step = async (open, fill, confirm, done) => {
    await page.getByRole('button', { name: open, exact: true }).click();
    if (fill) {
      await fill(dialog(page));
      await dialog(page).getByRole('button', { name: 'Preview' }).click();
    }
    await giveReason(page, 'ticket 4712', confirm);
    await page.getByText(done).waitFor();
  };

  await openUser(page, katherine.email);
  await step('Link an identity', async (asked) => {
    await asked.getByLabel('Provider', { exact: true }).selectOption('google');
    await asked.getByLabel('Subject').fill('314159');
  }, 'Link', 'The identity is linked.');
  await step('Allow one beforehand', async (asked) => {
    await asked.getByLabel('Provider', { exact: true }).selectOption('facebook');
    await asked.getByLabel('E-mail at the provider').fill('kj@example.org');
  }, 'Allow', 'The next sign-in with that address is linked to this user.');
  await step('Revoke kj@example.org', null, 'Allow it no longer', 'It is allowed no longer.');
  await step('End all sessions', null, 'End all sessions', 'The sessions have ended.');
  await card(page, 'Sessions').getByText('Signed in nowhere.').waitFor();
  await step('Move google 314159', async (asked) => {
    await asked.getByLabel('To which user?').fill(ADA.email);
    await asked.getByRole('radio').waitFor();
  }, 'Move', 'The identity is moved.');

  await openUser(page, ADA.email);
  await step('Unlink google 314159', async () => {}, 'Unlink', 'The identity is unlinked.');
  const ada = await latchkey.command(['user', 'show', ADA.email, '--json']).then(JSON.parse);
  assert.deepEqual(ada.identities, []);
  assert.deepEqual(faults, []);
});

test('explaining a sign-in says what would be decided and why', async (t) => {
  const { page, faults } = await staffPage(t, '/admin/#/explain');
  await page.getByLabel('Provider', { exact: true }).last().selectOption('google');
  await page.getByLabel('E-mail').fill('somebody@gmail.com');
  await page.getByRole('button', { name: 'Explain', exact: true }).click();
  await page.getByText('created: verified address at the provider is new here').waitFor();
  assert.deepEqual(faults, []);
});

test('a user who is not staff is refused, and so is a visitor', async (t) => {
  const { page } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/admin/`);
  await page.getByText('You are not signed in.').waitFor();
  await page.getByRole('link', { name: 'Sign in', exact: true }).click();
  await signInWithPassword(page, ADA);
  await page.getByText(`You are signed in as ${ADA.email}, who is not staff.`, { exact: false }).waitFor();
  assert.equal(await page.getByLabel('Search users').isVisible(), false);
});

const VIEWS = {
  '#/users?search=ada': /for “ada”$/,
  '#/users/1': ADA.name,
  '#/audit': 'Audit log',
  '#/explain?provider=github&email=ada@example.com&verified=1': 'Explain a sign-in',
  '#/webhooks': 'Webhooks',
  '#/service': 'Service',
};

for (const look of LOOKS) {
  test(`every view in ${look.colorScheme}, ${look.viewport.width} pixels wide`, async (t) => {
    const { page, faults } = await staffPage(t, '/admin/', look);
    for (const [address, heading] of Object.entries(VIEWS)) {
      await page.goto(`${latchkey.url}/admin/${address}`);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      assert.deepEqual(await accessibilityFaults(page), [], address);
      const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      assert.equal(tooWide, false, `${address} scrolls sideways`);
    }
    assert.deepEqual(faults, []);
  });
}
