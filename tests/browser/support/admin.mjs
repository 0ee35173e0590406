// The administration's page as support staff use it: the steps that its tests share.
import { openPage, signedIn, signInWith, signInWithPassword, accountOf } from './browser.mjs';

export const GRACE = { email: 'grace@staff.example', name: 'Grace Hopper', password: 'nanoseconds of wire' };

export function createStaff(latchkey) {
  return latchkey.command(
    ['user', 'create', '--email', GRACE.email, '--name', GRACE.name, '--staff', '--password-stdin'],
    `${GRACE.password}\n`,
  );
}

// Somebody new signs in through the dev provider; answers their account.
export async function newcomer(t, browser, latchkey, provider, person) {
  const { page, context } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login`);
  await signInWith(page, provider, { person });
  await page.waitForURL(`${latchkey.url}/**`);
  return accountOf(context, latchkey.url);
}

// Grace signs in on the way to `path`; with `ago` she did so earlier, by an interval of PostgreSQL.
export async function staffPage(t, browser, latchkey, { path = '/admin/', ago = null, ...options } = {}) {
  const opened = await openPage(t, browser, options);
  if (ago === null) {
    await opened.page.goto(`${latchkey.url}/login?next=/admin/`);
    await signInWithPassword(opened.page, GRACE);
    await opened.page.getByRole('heading', { name: 'Users', exact: true }).waitFor();
    if (path !== '/admin/') await opened.page.goto(`${latchkey.url}${path}`);
  } else {
    await signedIn(opened.context, latchkey, GRACE, { ago });
    await opened.page.goto(`${latchkey.url}${path}`);
  }
  return opened;
}

export const userOf = async (latchkey, user) =>
  JSON.parse(await latchkey.command(['user', 'show', String(user), '--json']));

export const card = (page, name) => page.getByRole('region', { name });
export const dialog = (page) => page.getByRole('dialog').last();

export async function searchFor(page, text) {
  await page.getByLabel('Search users').fill(text);
  await page.keyboard.press('Enter');
}

export async function openUser(page, email) {
  await searchFor(page, email);
  await page.locator('.people a', { hasText: email }).click();
  await page.getByRole('heading', { name: 'Profile' }).waitFor();
}

export async function giveReason(page, reason, button) {
  await dialog(page).getByLabel('Reason').fill(reason);
  await dialog(page).getByRole('button', { name: button, exact: true }).click();
}

// One change from its button to the sentence that tells of it. `fill` gets the dialog, when there is
// something to choose before the preview.
export async function carryOut(page, { open, fill, confirm, done, reason = 'ticket 4712' }) {
  await page.getByRole('button', { name: open, exact: true }).click();
  if (fill) {
    await fill(dialog(page));
    await dialog(page).getByRole('button', { name: 'Preview' }).click();
  }
  await giveReason(page, reason, confirm);
  await page.getByText(done).waitFor();
}
