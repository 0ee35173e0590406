// A Latchkey of the test's own: a fresh database, a configuration file, the dev provider behind all
// three buttons, and one user who has a password.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { programFromEnvironment, run, startServer } from './processes.mjs';

export const ADA = {
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  password: 'the analytical engine',
};

// A database that lives as long as the test. template0 lets several tests create at once.
export async function createDatabase() {
  const server = process.env.LATCHKEY_TEST_DATABASE_URL;
  if (!server) throw new Error('LATCHKEY_TEST_DATABASE_URL must name a PostgreSQL to create databases in');
  const name = `latchkey_browser_${randomBytes(6).toString('hex')}`;
  const psql = (at, statement) => run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', at, '-c', statement]);
  const sql = (statement) => psql(server, statement);
  await sql(`CREATE DATABASE ${name} TEMPLATE template0`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const disconnect = () =>
    sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
  return {
    url: url.href,
    execute: (statement) => psql(url.href, statement),
    // Makes the store unreachable for Latchkey, and reachable again.
    close: async () => {
      await sql(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await disconnect();
    },
    open: () => sql(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`),
    drop: () => sql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

// Resolves to {address, smtp, stop}; `smtp` is where its inbox takes mail.
export async function startDevProvider() {
  const program = programFromEnvironment('LATCHKEY_DEV_PROVIDER_BINARY');
  const dev = await startServer(program, ['--listen', '127.0.0.1:0', '--smtp', '127.0.0.1:0']);
  return { ...dev, smtp: /^taking mail on (\S+)/m.exec(dev.output.stdout)[1] };
}

// The dev provider's stand-ins in the places of the real ones.
export function devProviders(dev) {
  return {
    github: {
      authorize_url: `${dev}/github/login/oauth/authorize`,
      token_url: `${dev}/github/login/oauth/access_token`,
      api_url: `${dev}/github/api`,
    },
    google: { issuer: `${dev}/google` },
    facebook: {
      authorize_url: `${dev}/facebook/dialog/oauth`,
      api_url: `${dev}/facebook/v19.0`,
    },
  };
}

// One section of the configuration. JSON's strings, numbers, booleans and lists of strings are TOML's.
function section(name, values) {
  const lines = Object.entries(values).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  return [`[${name}]`, ...lines, ''].join('\n');
}

function configurationText({ database, providers, spaOrigins, smtp, settings }) {
  const sections = {
    server: {
      listen: '127.0.0.1:0',
      public_url: 'http://localhost:0',
      secret_key: randomBytes(32).toString('hex'),
      metrics_listen: '',
      demo: true,
    },
    database: { url: database.url },
    spa: { origins: spaOrigins },
    // Many visitors of one address; the limits have tests of their own.
    limits: { enabled: false, mail_interval: '1s' },
    ...(smtp ? { mail: { smtp_url: smtp, from: 'Latchkey <latchkey@example.com>' } } : {}),
    ...settings,
  };
  for (const [id, values] of Object.entries(providers)) {
    sections[`providers.${id}`] = {
      client_id: 'latchkey-test',
      client_secret: 'dev-secret',
      allow_http: true,
      ...values,
    };
  }
  return Object.entries(sections)
    .map(([name, values]) => section(name, values))
    .join('\n');
}

// Starts the service; resolves to {url, database, command, stop}. `providers` are the sections
// [providers.<id>] by id, `settings` other sections by name, `smtp` the URL of a mail server.
export async function startLatchkey({ providers, spaOrigins = [], smtp = null, settings = {} }) {
  const program = programFromEnvironment('LATCHKEY_BINARY');
  const directory = await mkdtemp(join(tmpdir(), 'latchkey-browser-'));
  const config = join(directory, 'latchkey.toml');
  const database = await createDatabase();
  const cleanUp = async () => {
    await database.drop();
    await rm(directory, { recursive: true });
  };
  try {
    await writeFile(config, configurationText({ database, providers, spaOrigins, smtp, settings }), { mode: 0o600 });
    const command = (args, input) => run(program, [...args, '--config', config], { input });
    await command(
      ['user', 'create', '--email', ADA.email, '--name', ADA.name, '--password-stdin'],
      `${ADA.password}\n`,
    );
    const server = await startServer(program, ['serve', '--config', config]);
    return {
      url: `http://localhost:${new URL(server.address).port}`,
      database,
      command,
      stop: async () => {
        await server.stop();
        await cleanUp();
      },
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

// Both, for tests that use the three buttons; with `mail` also the inbox.
export async function startWithDevProvider({ mail = true, ...options } = {}) {
  const dev = await startDevProvider();
  try {
    const smtp = mail ? dev.smtp : null;
    const latchkey = await startLatchkey({ providers: devProviders(dev.address), smtp, ...options });
    return {
      ...latchkey,
      dev: dev.address,
      stop: async () => {
        await latchkey.stop();
        await dev.stop();
      },
    };
  } catch (error) {
    await dev.stop();
    throw error;
  }
}
