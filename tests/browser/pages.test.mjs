// Every built-in page in every state, light and dark, narrow and wide: accessible, quiet in the
// console, nothing refused by the content security policy, nothing wider than the window.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { accessibilityFaults } from './support/accessibility.mjs';
import { launchBrowser, openPage, providerButton, signInWith, signInWithPassword } from './support/browser.mjs';
import { startWithDevProvider } from './support/latchkey.mjs';

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

async function signedInAt(page, path) {
  await page.goto(`${latchkey.url}/login`);
  await signInWithPassword(page);
  await page.getByRole('heading', { name: 'Your account', exact: true }).waitFor();
  await page.goto(`${latchkey.url}${path}`);
}

const PAGES = {
  'the login page': async (page) => {
    await page.goto(`${latchkey.url}/login`);
    await providerButton(page, 'GitHub').waitFor();
  },
  'the login page after a wrong password': async (page) => {
    await page.goto(`${latchkey.url}/login`);
    await signInWithPassword(page, { email: 'nobody@example.com', password: 'wrong password' });
    await page.locator('#password-alert:visible').waitFor();
  },
  'the login page of someone signed in': async (page) => {
    await signedInAt(page, '/login');
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
  },
  'the account page': async (page) => {
    await signedInAt(page, '/account');
    await page.getByRole('heading', { name: 'Ways to sign in' }).waitFor();
  },
  'the error page': (page) => page.goto(`${latchkey.url}/auth/error?error=provider_denied&provider=github`),
  'the pending page': async (page) => {
    await page.goto(`${latchkey.url}/login`);
    await signInWith(page, 'Facebook');
    await page.getByRole('link', { name: 'Use GitHub instead' }).waitFor();
  },
  'the demo page': async (page) => {
    await page.goto(`${latchkey.url}/`);
    await providerButton(page, 'GitHub').waitFor();
  },
  'the demo page of someone signed in': async (page) => {
    await signedInAt(page, '/');
    await page.locator('#account-json', { hasText: '"id"' }).waitFor();
  },
};

const LOOKS = [
  { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 320, height: 640 } },
];

for (const [name, open] of Object.entries(PAGES)) {
  for (const look of LOOKS) {
    test(`${name} in ${look.colorScheme}, ${look.viewport.width} pixels wide`, async (t) => {
      const { page, faults } = await openPage(t, browser, look);
      await open(page);
      assert.deepEqual(await accessibilityFaults(page), []);
      const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      assert.equal(tooWide, false, 'the page scrolls sideways');
      const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const [red] = background.match(/\d+/g).map(Number);
      assert.equal(red > 128, look.colorScheme === 'light', `the background is ${background}`);
      assert.deepEqual(faults, []);
    });
  }
}

test('pages come with a content security policy that allows nothing inline', async (t) => {
  const { context } = await openPage(t, browser);
  for (const path of ['/', '/login', '/account', '/auth/error', '/auth/pending']) {
    const answer = await context.request.get(`${latchkey.url}${path}`);
    const policy = answer.headers()['content-security-policy'] ?? '';
    assert.match(policy, /default-src 'none'/, path);
    assert.match(policy, /frame-ancestors 'none'/, path);
    assert.doesNotMatch(policy, /unsafe/, path);
  }
});

test('the login form can be used with the keyboard alone', async (t) => {
  const { page } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login`);
  const github = providerButton(page, 'GitHub');
  await github.waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  const outline = await github.evaluate((e) => e.matches(':focus-visible') && getComputedStyle(e).outlineStyle);
  assert.equal(outline, 'solid', 'the focus is on the first button and can be seen');
  await page.keyboard.press('Enter');
  await page.locator('[data-person="ada"]').waitFor();
});

test('the password can be shown and hidden, and says so', async (t) => {
  const { page } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login`);
  const password = page.getByLabel('Password', { exact: true });
  const reveal = page.getByRole('button', { name: 'Show password' });
  await password.fill('secret');
  await reveal.click();
  assert.equal(await password.getAttribute('type'), 'text');
  assert.equal(await reveal.getAttribute('aria-pressed'), 'true');
  await reveal.click();
  assert.equal(await password.getAttribute('type'), 'password');
});

test('an unchanged asset is not sent twice', async (t) => {
  const { context } = await openPage(t, browser);
  const url = `${latchkey.url}/auth/assets/latchkey.css`;
  const first = await context.request.get(url);
  assert.equal(first.status(), 200);
  assert.match(first.headers()['content-type'], /^text\/css/);
  const again = await context.request.get(url, { headers: { 'If-None-Match': first.headers().etag } });
  assert.equal(again.status(), 304);
});
