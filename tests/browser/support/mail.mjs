// The dev provider's inbox, as a visitor reads it.
import assert from 'node:assert/strict';

const PATIENCE_MS = 15_000;
const PAUSE_MS = 50;

async function inboxOf(dev) {
  const response = await fetch(`${dev}/_control/inbox`);
  assert.equal(response.status, 200);
  return (await response.json()).mails;
}

// The newest mail to `recipient` whose subject matches; waits for it to arrive. `after`: the id of a
// mail that it must be newer than.
export async function mailTo(dev, recipient, subject, { after = 0 } = {}) {
  const giveUp = Date.now() + PATIENCE_MS;
  while (Date.now() < giveUp) {
    const mails = await inboxOf(dev);
    const found = mails.find((mail) =>
      mail.id > after && mail.recipients.includes(recipient) && subject.test(mail.subject));
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  const arrived = (await inboxOf(dev)).map(({ recipients, subject: text }) => `${recipients}: ${text}`);
  throw new Error(`no mail to ${recipient} with ${subject} arrived, but ${arrived.join('; ') || 'none'}`);
}

// Of Latchkey's own pages, with its fragment.
export function linkIn({ text }) {
  const [link] = /https?:\/\/\S+#(?:token|code)=\S+/.exec(text) ?? [];
  assert.ok(link, `there is a link in ${text}`);
  return link;
}

export function codeIn(mail) {
  return new URLSearchParams(new URL(linkIn(mail)).hash.slice(1)).get('code');
}
