// What the link policy would decide of somebody who comes with an identity, and why. Nothing is
// written by asking.

import { element } from '../dom.js';
import { field, makeForm } from '../pages/forms.js';
import { addressOf, read } from './api.js';
import { choice } from './fields.js';
import { badge, facts, heading, userLink } from './parts.js';

const STANDINGS = {
  none: 'The provider gives none',
  unverified: 'The provider does not vouch for it',
  verified: 'The provider has verified it',
  authoritative: 'The provider has verified it and may speak for it',
};

export async function show(view, { params, providers }) {
  const known = params.provider ? [params.provider] : [];
  const options = [...new Set([...known, ...providers.map(({ id }) => id)])]
    .map((id) => [id, providers.find((one) => one.id === id)?.label ?? id]);
  const fields = [
    choice({ name: 'provider', id: 'explain-provider', label: 'Provider', options, value: params.provider }),
    field({ name: 'subject', id: 'explain-subject', label: 'Subject', value: params.subject, autocomplete: 'off', maxlength: 255,
      hint: 'As the provider numbers the person. Leave it out for a newcomer.' }),
    field({ name: 'email', id: 'explain-email', label: 'E-mail', type: 'email', value: params.email, autocomplete: 'off', maxlength: 254 }),
    choice({ name: 'verified', id: 'explain-verified', label: 'The provider says that it is', value: params.verified,
      options: [['1', 'verified'], ['', 'not verified']] }),
    choice({ name: 'workspace', id: 'explain-workspace', label: 'Google account', value: params.workspace,
      options: [['', 'personal'], ['1', 'of a Workspace (with hd)']] }),
  ];
  const answer = element('div', { role: 'status' });
  const { form } = makeForm({
    id: 'explain', label: 'An identity', fields, submit: 'Explain',
    action: async (values) => {
      history.replaceState(null, '', addressOf('explain', values));
      answer.replaceChildren(...explanationOf(await read('/api/admin/explain/', values)));
    },
  });
  view.replaceChildren(
    heading('Explain a sign-in'),
    element('div', { class: 'two' }, element('section', { class: 'card' }, form), answer));
  if (params.provider) answer.replaceChildren(...explanationOf(await read('/api/admin/explain/', params)));
}

function explanationOf({ decision, reason, code, email_standing: standing, identity_owner: owner, account }) {
  const kind = code ? 'warn' : 'good';
  return [element('section', { class: 'card' },
    element('h2', {}, 'Decision'),
    element('p', { class: 'decision' }, badge(decision.replaceAll('_', ' '), kind), ' ', element('strong', {}, reason)),
    facts([
      ['Address', STANDINGS[standing] ?? standing],
      ['Identity of', owner ? personOf(owner) : 'nobody'],
      ['Account with the address', account ? personOf(account) : 'none'],
      code ? ['The visitor sees', element('code', {}, code)] : null,
    ]))];
}

function personOf(person) {
  return element('span', {}, userLink(person.id, person.email), ' ',
    person.email_verified ? badge('Verified', 'good') : badge('Not verified', 'warn'),
    person.disabled ? badge('Disabled', 'warn') : '');
}
