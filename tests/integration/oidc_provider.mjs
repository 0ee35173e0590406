// A certified OpenID provider (npm oidc-provider) on a port of its own, with PKCE required and one
// client. Whoever asks is signed in as one fixed account without being shown a page; a client needs
// to follow redirects and keep cookies, nothing else. Prints "listening on <issuer>" when ready.
//
//   node oidc_provider.mjs --redirect-uri http://localhost/auth/company/callback
//     [--auth-method client_secret_basic | client_secret_post]   basic, unless given
//     [--hosted-domain example.com]                              the `hd` claim of Google's tokens
//
// --redirect-uri may be repeated. The client is a native one, so that the port of a loopback
// redirect URI is free (RFC 8252 section 7.3): Latchkey learns its own after this one has started.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

import Provider from 'oidc-provider';

const { values: options } = parseArgs({
  options: {
    'redirect-uri': { type: 'string', multiple: true },
    'auth-method': { type: 'string', default: 'client_secret_basic' },
    'hosted-domain': { type: 'string' },
  },
});

const ACCOUNT = {
  sub: '1815-12-10',
  email: 'ada@example.com',
  email_verified: true,
  name: 'Ada Lovelace',
  ...(options['hosted-domain'] && { hd: options['hosted-domain'] }),
};

function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'integration' };
}

// What consent would grant, whatever was asked for.
async function grantEverything(ctx) {
  const { client, session, params } = ctx.oidc;
  const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(params.scope);
  await grant.save();
  return grant;
}

function createProvider(issuer) {
  return new Provider(issuer, {
    clients: [
      {
        client_id: 'latchkey-test',
        client_secret: 'dev-secret',
        application_type: 'native',
        redirect_uris: options['redirect-uri'],
        token_endpoint_auth_method: options['auth-method'],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    pkce: { required: () => true, methods: ['S256'] },
    claims: { openid: ['sub', 'hd'], email: ['email', 'email_verified'], profile: ['name'] },
    // Google puts the claims of the scopes into the ID token.
    conformIdTokenClaims: false,
    findAccount: (ctx, sub) => ({ accountId: sub, claims: () => ACCOUNT }),
    loadExistingGrant: grantEverything,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    // SameSite=None, the default, needs https.
    cookies: { keys: [randomBytes(32).toString('hex')], long: { sameSite: 'lax' } },
    jwks: { keys: [signingKey()] },
  });
}

const server = createServer();
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = createProvider(issuer);
const answer = provider.callback();
server.on('request', (request, response) => {
  if (!request.url.startsWith('/interaction/')) {
    answer(request, response);
    return;
  }
  // A native client's visitor is always asked for consent; this says yes to both questions at once.
  const result = { login: { accountId: ACCOUNT.sub }, consent: {} };
  provider.interactionFinished(request, response, result).catch((error) => {
    response.writeHead(400, { 'Content-Type': 'text/plain' }).end(error.message);
  });
});
console.log(`listening on ${issuer}`);
