// The changes that staff can make to a user, by name. Each takes `about` and the values that were
// typed before, both plain data, so that it can be taken up again after a confirmation elsewhere, and
// answers an order for changeDialog() and the sentence that tells of its success.

import { choice, forceChoice, providerChoice, textField, userField } from './fields.js';

const userPath = (id) => `/api/admin/users/${id}/`;
const named = ({ id, email, name }) => `${name || email} (user ${id})`;
const verifiedChoice = (value) => choice({
  name: 'verified', label: 'Whose is the address?', value,
  options: [['', 'Nobody has proved it'], ['true', 'I vouch for it: it is theirs']],
});
const forced = (values) => (values.force === 'true' ? { force: true } : {});

function update(user, title, confirm, body, rest = {}) {
  return { title, confirm, request: () => ({ method: 'PATCH', path: userPath(user.id), body }), ...rest };
}

export const CHANGES = {
  create: (about, values) => ({
    title: 'Create a user',
    confirm: 'Create',
    fields: [
      textField({ name: 'email', label: 'E-mail', type: 'email', value: values.email, required: true, maxlength: 254 }),
      textField({ name: 'name', label: 'Name', value: values.name, maxlength: 255 }),
      verifiedChoice(values.verified),
    ],
    request: ({ email, name, verified }) => ({
      method: 'POST', path: '/api/admin/users/', body: { email, name, verified: verified === 'true' },
    }),
    done: 'The user is created.',
  }),

  rename: ({ user }, values) => ({
    title: 'Change the name',
    confirm: 'Change the name',
    fields: [textField({ name: 'name', label: 'Name', value: values.name ?? user.name, maxlength: 255 })],
    request: ({ name }) => ({ method: 'PATCH', path: userPath(user.id), body: { name } }),
    done: 'The name is changed.',
  }),

  email: ({ user }, values) => ({
    title: 'Change the address',
    confirm: 'Change the address',
    fields: [
      textField({ name: 'email', label: 'E-mail', type: 'email', value: values.email ?? user.email, required: true, maxlength: 254 }),
      verifiedChoice(values.verified),
    ],
    request: ({ email, verified }) => ({
      method: 'PATCH', path: userPath(user.id), body: { email, verified: verified === 'true' },
    }),
    done: 'The address is changed.',
  }),

  disable: ({ user }) => update(user, `Disable ${named(user)}`, 'Disable', { disabled: true }, {
    danger: true, intro: 'All their sessions end, and they cannot sign in until they are enabled again.',
    done: 'The user is disabled.',
  }),
  enable: ({ user }) => update(user, `Enable ${named(user)}`, 'Enable', { disabled: false }, {
    intro: 'They can sign in again.', done: 'The user is enabled.',
  }),
  staff: ({ user }) => update(user, `Make ${named(user)} staff`, 'Make staff', { is_staff: true }, {
    intro: 'Staff see and change every user on this page.', done: 'The user is staff.',
  }),
  unstaff: ({ user }) => update(user, `${named(user)} is staff no longer`, 'Take it away', { is_staff: false }, {
    danger: true, done: 'The user is staff no longer.',
  }),

  endSessions: ({ user }) => ({
    title: `End all sessions of ${named(user)}`, confirm: 'End all sessions', danger: true,
    intro: 'They are signed out everywhere and can sign in again.',
    request: () => ({ method: 'DELETE', path: `${userPath(user.id)}sessions/` }),
    done: 'The sessions have ended.',
  }),
  endSession: ({ user, session }) => ({
    title: `End a session of ${named(user)}`, confirm: 'End the session', danger: true,
    request: () => ({ method: 'DELETE', path: `${userPath(user.id)}sessions/${session.id}/` }),
    done: 'The session has ended.',
  }),

  link: ({ user, providers }, values) => ({
    title: `Link an identity to ${named(user)}`,
    confirm: 'Link',
    fields: [
      providerChoice(providers, { value: values.provider }),
      textField({ name: 'subject', label: 'Subject', value: values.subject, required: true, maxlength: 255,
        hint: 'As the provider numbers the person; never the address.' }),
      choice({ name: 'move', label: "If it is another user's", value: values.move,
        options: [['', 'Leave it there'], ['true', 'Move it here']] }),
      forceChoice(values.force),
    ],
    request: ({ provider, subject, move, force }) => ({
      method: 'POST', path: `${userPath(user.id)}identities/`,
      body: { provider, subject, ...(move === 'true' ? { move: true } : {}), ...forced({ force }) },
    }),
    done: 'The identity is linked.',
  }),

  preauthorise: ({ user, providers }, values) => ({
    title: 'Allow an identity beforehand',
    intro: `The next sign-in at the provider with exactly this verified address, within 30 days, is linked to ${named(user)}, once.`,
    confirm: 'Allow',
    fields: [
      providerChoice(providers, { value: values.provider }),
      textField({ name: 'email', label: 'E-mail at the provider', type: 'email', value: values.email, required: true, maxlength: 254 }),
      choice({ name: 'move', label: 'If it is allowed for another user', value: values.move,
        options: [['', 'Leave it so'], ['true', 'Allow it for this one instead']] }),
    ],
    request: ({ provider, email, move }) => ({
      method: 'POST', path: `${userPath(user.id)}identities/`,
      body: { provider, email, ...(move === 'true' ? { move: true } : {}) },
    }),
    done: 'The next sign-in with that address is linked to this user.',
  }),
  revoke: ({ user, preauthorised }) => ({
    title: 'Allow it no longer', confirm: 'Allow it no longer', danger: true,
    intro: `A sign-in at ${preauthorised.provider} as ${preauthorised.email} is no longer linked to ${named(user)}.`,
    request: () => ({ method: 'DELETE', path: `${userPath(user.id)}preauthorised/${preauthorised.id}/` }),
    done: 'It is allowed no longer.',
  }),

  unlink: ({ user, identity }, values) => ({
    title: 'Unlink an identity', confirm: 'Unlink', danger: true,
    intro: `${identity.provider}: ${identity.subject} no longer signs in as ${named(user)}.`,
    fields: [forceChoice(values.force)],
    request: (given) => ({
      method: 'DELETE', path: `${userPath(user.id)}identities/${identity.id}/`, body: forced(given),
    }),
    done: 'The identity is unlinked.',
  }),
  move: ({ user, identity }, values) => ({
    title: 'Move an identity', confirm: 'Move',
    intro: `${identity.provider}: ${identity.subject} is to sign in as another user than ${named(user)}.`,
    fields: [userField({ name: 'to', label: 'To which user?', value: values.to, except: user.id }), forceChoice(values.force)],
    request: ({ to, force }) => ({
      method: 'POST', path: `${userPath(to)}identities/`,
      body: { provider: identity.provider, subject: identity.subject, move: true, ...forced({ force }) },
    }),
    done: 'The identity is moved.',
  }),

  merge: ({ user }, values) => ({
    title: `Merge ${named(user)}`,
    intro: 'Identities of the user that ends move to the one that stays, which keeps its address, name and rights. It can be undone for 30 days.',
    confirm: 'Merge',
    danger: true,
    fields: [
      userField({ name: 'into', label: 'With which user?', value: values.into, except: user.id }),
      choice({ name: 'stays', label: 'Which one stays?', value: values.stays,
        options: [['other', 'The other one'], ['this', `This one, user ${user.id}`]] }),
      choice({ name: 'sessions', label: 'Sessions of the one that ends', value: values.sessions,
        options: [['revoke', 'End'], ['move', 'Move along']] }),
      choice({ name: 'password', label: 'If only the one that ends has a password', value: values.password,
        options: [['keep', 'Drop it'], ['take', 'Move it along']] }),
      choice({ name: 'force', label: 'If one of them is disabled', value: values.force,
        options: [['', 'Do not merge'], ['true', 'Merge nevertheless']] }),
    ],
    request: ({ into, stays, sessions, password, force }) => {
      const [from, to] = stays === 'this' ? [into, user.id] : [user.id, into];
      return { method: 'POST', path: `${userPath(from)}merge/`,
        body: { into: Number(to), sessions, password, ...forced({ force }) } };
    },
    done: 'The users are merged.',
  }),
  undo: ({ merge }) => ({
    title: `Undo the merge of user ${merge.from} into user ${merge.into}`, confirm: 'Undo the merge',
    intro: `User ${merge.from} is a user of its own again, with what it brought along.`,
    request: () => ({ method: 'POST', path: `/api/admin/merges/${merge.id}/undo/` }),
    done: 'The merge is undone.',
  }),

  replay: ({ delivery, when }) => ({
    title: `Send ${delivery.type} ${when}`, confirm: `Send ${when}`,
    intro: `Event ${delivery.id} is sent to the application ${when === 'now' ? 'without waiting' : 'once more, with the same number'}.`,
    request: () => ({ method: 'POST', path: `/api/admin/webhooks/${delivery.id}/replay/` }),
    done: 'The event waits to be sent.',
  }),
};
