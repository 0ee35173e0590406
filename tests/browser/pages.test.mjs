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
  await page.goto(`${latchkey.url}/login?next=/account`);
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
    await page.locator('#password-sign-in-alert:visible').waitFor();
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
  'the sign-up page': async (page) => {
    await page.goto(`${latchkey.url}/signup`);
    await page.getByRole('button', { name: 'Create account' }).waitFor();
    await page.getByRole('link', { name: 'Sign up with GitHub' }).waitFor();
  },
  'the sign-up page after a refused password': async (page) => {
    await page.goto(`${latchkey.url}/signup`);
    await page.getByLabel('E-mail').fill('refused@example.com');
    await page.getByLabel('Password', { exact: true }).fill('password');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.locator('#password-fault:visible').waitFor();
  },
  'the page for a forgotten password': async (page) => {
    await page.goto(`${latchkey.url}/password/forgot`);
    await page.getByRole('button', { name: 'Send me a link' }).waitFor();
  },
  'the page that says to look for a mail': async (page) => {
    await page.goto(`${latchkey.url}/password/forgot`);
    await page.getByLabel('E-mail').fill('somebody@example.com');
    await page.getByRole('button', { name: 'Send me a link' }).click();
    await page.getByRole('heading', { name: 'Check your mail' }).waitFor();
  },
  'the page for a new password': async (page) => {
    await page.goto(`${latchkey.url}/password/reset#token=some`);
    await page.getByRole('button', { name: 'Set new password' }).waitFor();
  },
  'the page of a mailed link': async (page) => {
    await page.goto(`${latchkey.url}/email/verify#token=some`);
    await page.getByRole('button', { name: 'Confirm my address' }).waitFor();
  },
  'the page of a mailed link that is used up': async (page) => {
    await page.goto(`${latchkey.url}/email/verify#token=some`);
    await page.getByRole('button', { name: 'Confirm my address' }).click();
    await page.getByRole('heading', { name: 'This link cannot be used' }).waitFor();
  },
  'the account page with its forms open': async (page) => {
    await signedInAt(page, '/account');
    await page.getByRole('button', { name: 'Change your e-mail address' }).click();
    await page.getByRole('button', { name: 'Change your password' }).click();
    await page.getByText('This device').waitFor();
  },
  'the pending page': async (page) => {
    await page.goto(`${latchkey.url}/login`);
    await signInWith(page, 'Facebook');
    await page.getByText('Sign in another way').click();
    await page.getByRole('link', { name: 'Use GitHub instead' }).waitFor();
  },
  'the pending page of an account that exists': async (page) => {
    await page.goto(`${latchkey.url}/login`);
    await signInWith(page, 'Google', { person: 'alan' });
    await page.getByRole('heading', { name: 'You already have an account' }).waitFor();
  },
  'the pending page that waits for a code': async (page) => {
    await page.goto(`${latchkey.url}/login`);
    await signInWith(page, 'Facebook', { person: 'grace' });
    await page.getByRole('button', { name: 'Mail me a code' }).click();
    await page.getByLabel('Code from the mail').or(page.locator('#send-code-alert:visible')).first().waitFor();
  },
  'the pending page with a code for another browser': async (page) => {
    await page.goto(`${latchkey.url}/auth/pending#code=K7MQ2X`);
    await page.getByRole('heading', { name: 'Your code' }).waitFor();
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
  for (const path of ['/', '/login', '/signup', '/email/verify', '/password/forgot', '/password/reset', '/account', '/auth/error', '/auth/pending']) {
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

// The element that has the focus, also inside the buttons' shadow root: its name, or null at the end.
function focusSeen() {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  if (!at || at === document.body) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  const box = at.getBoundingClientRect();
  return {
    name: at.ariaLabel || at.labels?.[0]?.textContent || at.textContent,
    seen: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
    top: box.top + scrollY,
  };
}

for (const name of ['the login page', 'the sign-up page', 'the account page with its forms open', 'the pending page']) {
  test(`the Tab key goes down ${name}, and each stop can be seen`, async (t) => {
    const { page } = await openPage(t, browser);
    await PAGES[name](page);
    await page.evaluate(() => { document.activeElement?.blur(); scrollTo(0, 0); });
    await page.locator('header a').first().focus();
    const stops = [];
    for (let stop = await page.evaluate(focusSeen); stop && stops.length < 60; stop = await page.evaluate(focusSeen)) {
      stops.push(stop);
      await page.keyboard.press('Tab');
    }
    assert.ok(stops.length > 5, 'it stops at every control');
    assert.deepEqual(stops.filter(({ seen }, i) => i > 0 && !seen).map((stop) => stop.name), []);
    const back = stops.filter((stop, i) => i > 0 && stop.top < stops[i - 1].top - 60);
    assert.deepEqual(back.map((stop) => stop.name), [], 'it does not jump back up the page');
  });
}

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
