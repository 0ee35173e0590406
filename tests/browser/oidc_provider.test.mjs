// Sign-ins through a certified OpenID provider that was not written for Latchkey, as a generic
// provider and in Google's shape.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { accountOf, launchBrowser, openPage, providerButton } from './support/browser.mjs';
import { ADA, startLatchkey } from './support/latchkey.mjs';
import { startServer } from './support/processes.mjs';

const HARNESS = fileURLToPath(new URL('../integration/oidc_provider.mjs', import.meta.url));

let company;
let google;
let latchkey;
let browser;

function startProvider(ids, ...options) {
  const uris = ids.flatMap((id) => ['--redirect-uri', `http://localhost/auth/${id}/callback`]);
  return startServer(process.execPath, [HARNESS, ...uris, ...options]);
}

before(async () => {
  company = await startProvider(['company', 'hearsay']);
  google = await startProvider(
    ['google', 'elsewhere'], '--auth-method', 'client_secret_post', '--hosted-domain', 'example.com',
  );
  latchkey = await startLatchkey({
    providers: {
      company: { type: 'oidc', issuer: company.address, label: 'Company', trust_email: true },
      hearsay: { type: 'oidc', issuer: company.address, label: 'Hearsay' },
      google: { issuer: google.address, hosted_domain: 'example.com' },
      elsewhere: {
        type: 'google', issuer: google.address, label: 'Elsewhere', hosted_domain: 'elsewhere.example',
      },
    },
  });
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await latchkey?.stop();
  await google?.stop();
  await company?.stop();
});

for (const [label, id] of [['Company', 'company'], ['Google', 'google']]) {
  test(`${label} signs in to the account of the address that it verified, again and again`, async (t) => {
    for (const visit of ['first', 'second']) {
      const { page, context, faults } = await openPage(t, browser);
      await page.goto(`${latchkey.url}/login?next=/account`);
      await providerButton(page, label).click();
      await page.waitForURL(`${latchkey.url}/account`);
      const account = await accountOf(context, latchkey.url);
      assert.equal(account.email, ADA.email, visit);
      assert.equal(account.has_password, true, visit);
      const identities = account.identities.filter(({ provider }) => provider === id);
      assert.deepEqual(identities.map(({ email }) => email), [ADA.email], visit);
      assert.deepEqual(faults, []);
    }
  });
}

test('a provider whose addresses are not trusted opens no existing account', async (t) => {
  const { page, context } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login`);
  await providerButton(page, 'Hearsay').click();
  await page.waitForURL(`${latchkey.url}/auth/pending`);
  assert.equal(await accountOf(context, latchkey.url), null);
});

test('a token of another hosted domain is refused, whatever the request asked for', async (t) => {
  const { page, context } = await openPage(t, browser);
  await page.goto(`${latchkey.url}/login`);
  await providerButton(page, 'Elsewhere').click();
  await page.locator('main[data-code="domain_not_allowed"]').waitFor();
  assert.equal(await accountOf(context, latchkey.url), null);
});
