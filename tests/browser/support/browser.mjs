// One Chromium for a test file, a fresh profile for each test, and the steps that tests share.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';

import { ADA } from './latchkey.mjs';

const CANDIDATES = [process.env.LATCHKEY_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'];
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const TIMEOUT_MS = 15_000;

export function launchBrowser() {
  const executablePath = CANDIDATES.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('no Chromium found; set LATCHKEY_CHROMIUM to its path');
  return chromium.launch({ executablePath, args: QUIET });
}

// A profile of its own that is closed with the test `t`. `faults` collects what the pages complain
// about: uncaught errors and refusals of the content security policy. A failed request shows up
// there too, and is left out: the anonymous answer of /api/account/ is one.
export async function openContext(t, browser, options = {}) {
  const context = await browser.newContext(options);
  t.after(() => context.close());
  context.setDefaultTimeout(TIMEOUT_MS);
  const faults = [];
  context.on('weberror', (error) => faults.push(String(error.error())));
  context.on('console', (message) => {
    const failedRequest = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !failedRequest) faults.push(message.text());
  });
  return { context, faults };
}

export async function openPage(t, browser, options = {}) {
  const { context, faults } = await openContext(t, browser, options);
  return { page: await context.newPage(), context, faults };
}

export function providerButton(page, label) {
  return page.getByRole('link', { name: `Sign in with ${label}`, exact: true });
}

// From a page with buttons through the dev provider's page, where `person` is chosen.
export async function signInWith(page, label, { person = 'ada' } = {}) {
  await providerButton(page, label).click();
  await page.locator(`[data-person="${person}"]`).click();
}

export async function signInWithPassword(page, { email, password } = ADA) {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

// A session that began without a page, `ago` (an interval of PostgreSQL) before now. Its age is set
// before anything has asked for it, so that nobody remembers it younger.
export async function signedIn(context, latchkey, { email, password } = ADA, { ago = null } = {}) {
  const response = await context.request.post(`${latchkey.url}/api/login/`, { data: { email, password } });
  assert.equal(response.status(), 200, await response.text());
  if (ago === null) return;
  await latchkey.database.execute(
    `UPDATE sessions SET authenticated_at = authenticated_at - interval '${ago}'`);
}

// What the application is told about the visitor; null for an anonymous one.
export async function accountOf(context, url) {
  const response = await context.request.get(`${url}/api/account/`);
  if (response.status() === 403) return null;
  assert.equal(response.status(), 200, await response.text());
  return response.json();
}

export async function cookieNamed(context, url, name) {
  return (await context.cookies(url)).find((cookie) => cookie.name === name);
}

// What makes two sign-ins the same to an application: the session cookie's attributes, not its value.
export async function kindOfSession(context, url) {
  const cookie = await cookieNamed(context, url, 'sessionid');
  assert.ok(cookie, 'there is a session cookie');
  const { name, domain, path, httpOnly, secure, sameSite } = cookie;
  return { name, domain, path, httpOnly, secure, sameSite, characters: cookie.value.length };
}
