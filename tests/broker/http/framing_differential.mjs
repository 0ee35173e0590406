// Reads requests as Node's HTTP server does and says what it made of them.
//
//   node framing_differential.mjs FILE
//
// Every line of FILE is the bytes of one connection, in hexadecimal. Every line of the output tells
// of the requests on it, separated by "; ": method, target, length of the body, and the fields in
// order, with everything that a client chose in hexadecimal; or "refused" and Node's reason, in the
// place where Node gave up.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Duplex } from 'node:stream';

const hex = (text) => Buffer.from(text, 'latin1').toString('hex');

class Connection extends Duplex {
  constructor() {
    super();
    this.story = [];
    this.over = new Promise((resolve) => { this.finish = resolve; });
  }
  _read() {}
  _write(_chunk, _encoding, done) { done(); }
  _final(done) { done(); }
}

function tell(request, response) {
  const { story } = request.socket;
  const place = story.push('unfinished') - 1;
  let size = 0;
  request.on('data', (chunk) => { size += chunk.length; });
  request.on('end', () => {
    const fields = [];
    const raw = request.rawHeaders;
    for (let i = 0; i < raw.length; i += 2) fields.push(`${hex(raw[i])}:${hex(raw[i + 1])}`);
    story[place] = [hex(request.method), hex(request.url), size, ...fields].join(' ');
    response.end();
  });
}

const server = createServer({ maxHeaderSize: 64 * 1024, requestTimeout: 0 }, tell);
server.on('checkContinue', tell);
server.on('checkExpectation', tell);
server.on('clientError', (error, connection) => {
  if (error.code !== 'ECONNRESET') connection.story.push(`refused ${error.code}`);
  connection.destroy();
});

async function read(bytes) {
  const connection = new Connection();
  server.emit('connection', connection);
  connection.on('close', connection.finish);
  connection.on('error', () => {});
  connection.push(bytes);
  connection.push(null);
  await connection.over;
  return connection.story.join('; ');
}

const stories = [];
for (const line of readFileSync(process.argv[2], 'latin1').split('\n').filter(Boolean)) {
  stories.push(await read(Buffer.from(line, 'hex')));
}
process.stdout.write(stories.map((story) => `${story}\n`).join(''), () => process.exit(0));
