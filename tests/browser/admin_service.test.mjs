// What the administration's page shows of the service itself: events for the application, the audit
// log as a file, how the providers are, and that it says so when the store is gone.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { card, carryOut, createStaff, dialog, staffPage, userOf } from './support/admin.mjs';
import { launchBrowser } from './support/browser.mjs';
import { ADA, startWithDevProvider } from './support/latchkey.mjs';
import { mailTo } from './support/mail.mjs';
import { serve } from './support/processes.mjs';

const SECRET = 'a secret that the receiver shares';
const PATIENCE_MS = 30_000;

// The application: takes events, or answers with another status.
const application = { status: 200, events: [] };

let receiver;
let latchkey;
let browser;

before(async () => {
  receiver = await serve(createServer(receive));
  latchkey = await startWithDevProvider({
    settings: { admin: { webhook_url: `${receiver.origin}/events`, webhook_secret: SECRET } },
  });
  await createStaff(latchkey);
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await latchkey?.stop();
  await receiver?.stop();
});

async function receive(request, response) {
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += part;
  application.events.push({ body, signature: request.headers['latchkey-signature'], status: application.status });
  response.writeHead(application.status).end('{}');
}

// By the recipe of docs/operations.md.
function isSigned({ body, signature }) {
  const [, time, code] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature);
  return code === createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex');
}

const asStaff = (t, options) => staffPage(t, browser, latchkey, options);

// Asks anew until it is there: what is waited for happens elsewhere.
async function refreshUntil(page, wanted) {
  const giveUp = Date.now() + PATIENCE_MS;
  while ((await wanted.count()) === 0) {
    assert.ok(Date.now() < giveUp, `${wanted} did not appear on\n${await page.locator('#view').innerText()}`);
    const answered = page.waitForResponse((response) => response.url().includes('/api/admin/'));
    await page.getByRole('button', { name: 'Refresh' }).click();
    await answered;
  }
}

test('an event that the application refuses is given up, and arrives when it is sent again', async (t) => {
  const { page, faults } = await asStaff(t);
  application.status = 500;
  await carryOut(page, {
    open: 'Create a user',
    fill: (asked) => asked.getByLabel('E-mail').fill('event@example.org'),
    confirm: 'Create', done: 'The user is created.',
  });
  const { id } = await userOf(latchkey, 'event@example.org');
  await page.getByRole('link', { name: 'Webhooks' }).click();
  const row = (text) => page.locator('.items > li', { hasText: `user ${id},` }).filter({ hasText: text });
  await refreshUntil(page, row('Last error: answered 500'));
  await row('Waiting').getByText(/\d attempts?, the next one in \d+ seconds|waits its turn/).waitFor();

  // A day and more has passed since it was queued.
  await latchkey.database.execute(
    `UPDATE webhook_deliveries SET queued_at = queued_at - interval '2 days', next_attempt_at = now() WHERE user_id = ${id}`);
  await refreshUntil(page, row('given up just now'));
  await page.getByRole('navigation', { name: 'State' }).getByRole('link', { name: 'Failed' }).click();
  await page.waitForURL(`${latchkey.url}/admin/#/webhooks?state=failed`);
  await row('Failed').getByText('Data').click();
  assert.deepEqual(JSON.parse(await row('Failed').locator('pre').innerText()),
    { user_id: id, email: 'event@example.org', email_verified: false, name: '' });

  application.status = 200;
  const before = application.events.length;
  await row('Failed').getByRole('button', { name: /^Send event \d+ again$/ }).click();
  await dialog(page).getByText('with the same number').waitFor();
  await dialog(page).getByLabel('Reason').fill('the receiver is mended');
  await dialog(page).getByRole('button', { name: 'Send again' }).click();
  await page.getByText('The event waits to be sent.').waitFor();
  await page.getByRole('link', { name: 'Delivered' }).click();
  await page.waitForURL(`${latchkey.url}/admin/#/webhooks?state=delivered`);
  await refreshUntil(page, row('delivered just now'));

  const again = application.events.slice(before).filter(({ body }) => JSON.parse(body).data.user_id === id);
  assert.equal(again.length, 1, 'it came once');
  const refused = application.events.find(({ body, status }) => status === 500 && JSON.parse(body).data.user_id === id);
  assert.equal(JSON.parse(again[0].body).id, JSON.parse(refused.body).id, 'with its own number');
  assert.equal(isSigned(again[0]), true);
  assert.deepEqual(faults, []);
});

test('the audit log is saved as a file, whole and as it is filtered', async (t) => {
  // More than the service hands out at once, twice.
  await latchkey.database.execute(`INSERT INTO audit_events (at, action, reason)
    SELECT now() - n * interval '1 second', 'sign_in', 'entry ' || n FROM generate_series(1, 4500) n`);
  const { page, faults } = await asStaff(t, { path: '/admin/#/audit' });
  const saved = async () => {
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export as NDJSON' }).click();
    const file = await downloading;
    assert.match(file.suggestedFilename(), /^audit-\d{4}-\d\d-\d\d\.ndjson$/);
    const text = await readFile(await file.path(), 'utf8');
    assert.ok(text.endsWith('\n'));
    return text.trimEnd().split('\n').map((line) => JSON.parse(line));
  };
  const all = await saved();
  await page.getByText(`${all.length.toLocaleString('en')} entries saved.`).waitFor();
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length, 'no entry twice');
  const fillers = all.filter(({ reason }) => /^entry \d+$/.test(reason)).map(({ reason }) => reason);
  assert.deepEqual([fillers.length, fillers[0], fillers.at(-1)], [4500, 'entry 1', 'entry 4500']);

  await page.getByLabel('Action').fill('user.create');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.waitForURL(/action=user\.create/);
  await page.getByText('entry 1', { exact: true }).waitFor({ state: 'detached' });
  const created = await saved();
  assert.deepEqual(new Set(created.map(({ action }) => action)), new Set(['user.create']));
  assert.equal(created.length, all.filter(({ action }) => action === 'user.create').length);
  assert.deepEqual(faults, []);
});

test('a provider that fails is said to, with when it is asked again', async (t) => {
  const control = (path, body) => fetch(`${latchkey.dev}/_control/${path}`, { method: 'POST', body: JSON.stringify(body) });
  t.after(() => control('reset', {}));
  const { page, faults } = await asStaff(t, { path: '/admin/#/health' });
  const provider = (name) => card(page, 'Providers').getByRole('listitem').filter({ hasText: name });
  await provider('Facebook').getByText('Not asked since the start').waitFor();
  await card(page, 'Service').getByText('Ready').waitFor();

  await control('approve', { person: 'ada' });
  await control('fault', { provider: 'google', fault: 'server_error', times: 5 });
  const visitor = await browser.newContext();
  t.after(() => visitor.close());
  for (let i = 0; i < 5; ++i) await visitor.request.get(`${latchkey.url}/auth/google/login`);
  await visitor.request.get(`${latchkey.url}/auth/github/login`);
  await refreshUntil(page, provider('Google').getByText('Failing'));
  await provider('Google').getByText(/5 failures in a row, (left alone, tried again in \d+ seconds?|the next sign-in tries it again)/).waitFor();
  await provider('GitHub').getByText('Last worked just now').waitFor();
  await page.getByRole('link', { name: 'Users with GitHub' }).click();
  await page.locator('.people a', { hasText: ADA.email }).waitFor();
  assert.deepEqual(faults, []);
});

test('the mails about a user are listed without what they said', async (t) => {
  const { page, context, faults } = await asStaff(t);
  await context.request.post(`${latchkey.url}/api/password/reset/`, {
    data: { email: ADA.email },
    headers: { 'X-CSRFToken': (await context.cookies()).find(({ name }) => name === 'csrftoken').value },
  });
  await mailTo(latchkey.dev, ADA.email, /new password/i);
  const { id } = await userOf(latchkey, ADA.email);
  await page.goto(`${latchkey.url}/admin/#/users/${id}`);
  const mail = card(page, 'Mails').getByRole('listitem').filter({ hasText: 'Link to a new password' });
  await mail.getByText(`To ${ADA.email}`).waitFor();
  assert.doesNotMatch(await card(page, 'Mails').innerText(), /token|http/);
  assert.deepEqual(faults, []);
});

// Last: it takes the store away.
test('a store that is down is said to be, and the view comes with it', async (t) => {
  const { page, faults } = await asStaff(t);
  await latchkey.database.close();
  await page.getByRole('link', { name: 'Audit log' }).click();
  const heading = page.getByRole('heading', { level: 1, name: 'This cannot be shown now' });
  await heading.waitFor();
  assert.match(await page.locator('#view-alert').innerText(), /not available|try again/i);
  await latchkey.database.open();
  const giveUp = Date.now() + PATIENCE_MS;
  while ((await page.getByRole('heading', { level: 1, name: 'Audit log' }).count()) === 0) {
    assert.ok(Date.now() < giveUp, 'the view does not come back');
    const answered = page.waitForResponse((response) => response.url().includes('/api/admin/'));
    await page.getByRole('button', { name: 'Try again' }).click();
    await answered;
    await page.locator('#view h1:not([hidden])').waitFor();
  }
  assert.equal(await page.locator('#view-alert').isVisible(), false);
  assert.deepEqual(faults, []);
});
