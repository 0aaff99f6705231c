/** Moves one large body and prints how long it took. Arguments: port, `down` or `up`, path, bytes. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';

const [port, way, path, size] = process.argv.slice(2) as [string, string, string, string];
const bytes = Number(size);
const chunk = Buffer.alloc(65_536, 'x');
const started = performance.now();
const sent = request({
  host: '127.0.0.1',
  port,
  path,
  method: way === 'up' ? 'POST' : 'GET',
  headers: way === 'up' ? { 'Content-Length': bytes } : {},
  agent: false,
});
const answer = once(sent, 'response') as Promise<[IncomingMessage]>;
if (way === 'up') {
  for (let left = bytes; left > 0; left -= chunk.length) if (!sent.write(chunk)) await once(sent, 'drain');
}
sent.end();
const [response] = await answer;
let got = 0;
let text = '';
response.on('data', (part: Buffer) => {
  got += part.length;
  if (way === 'up') text += part;
});
await once(response, 'end');
const moved = way === 'up' ? JSON.parse(text).bytes : got;
if (response.statusCode !== 200 || moved !== bytes)
  throw new Error(`${way}: status ${response.statusCode}, ${moved} of ${bytes} bytes arrived`);
console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000 }));
