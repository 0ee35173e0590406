// Starts the built programs and waits until they say that they listen. Everything is stopped by its
// own handle; nothing here knows a fixed port.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const READY = /^listening on (\S+)/m;
const STDERR_KEPT = 8000;

export function programFromEnvironment(name) {
  const path = process.env[name];
  if (!path) throw new Error(`${name} must name the built program; ctest sets it`);
  return path;
}

// Latchkey reads every LATCHKEY_ variable as configuration; those of this test run are not for it.
function cleanEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('LATCHKEY_')),
  );
}

function launch(program, args) {
  const child = spawn(program, args, { env: cleanEnvironment(), stdio: 'pipe' });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output.stderr = (output.stderr + text).slice(-STDERR_KEPT);
  });
  // Without a listener a program that cannot be started would end the whole run without a word.
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('close', (code, signal) => resolve(`ended with ${signal ?? code}`));
  });
  return { child, output, ended };
}

// Resolves to {address, output, stop} once the program prints "listening on ...".
export async function startServer(program, args) {
  const { child, output, ended } = launch(program, args);
  const address = new Promise((resolve) => {
    child.stdout.on('data', () => {
      const ready = READY.exec(output.stdout);
      if (ready) resolve(ready[1]);
    });
  });
  const failed = ended.then((how) => {
    throw new Error(`${program} ${how}:\n${output.stderr}`);
  });
  failed.catch(() => {});
  return {
    address: await Promise.race([address, failed]),
    output,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

// Runs a program to its end and answers its stdout; a failure carries its stderr.
export async function run(program, args, { input = '' } = {}) {
  const { child, output, ended } = launch(program, args);
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const how = await ended;
  if (how !== 'ended with 0') throw new Error(`${program} ${args.join(' ')} ${how}:\n${output.stderr}`);
  return output.stdout;
}

// Listens on a port of the system's choice; resolves to {origin, stop}.
export async function serve(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://localhost:${server.address().port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
