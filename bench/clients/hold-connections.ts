/** Opens connections, has one request answered on each, says `held` and keeps them until its input ends. */
import { once } from 'node:events';
import { connect } from 'node:net';

const [port, count] = process.argv.slice(2).map(Number) as [number, number];
const atOnce = 100;
const request = 'GET /shop/welcome/42 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
let open = 0;

for (let held = 0; held < count; held += atOnce) {
  await Promise.all(Array.from({ length: Math.min(atOnce, count - held) }, hold));
}
console.log(`held ${open}`);
process.stdin.resume();
await once(process.stdin, 'end');
process.exit(0);

async function hold(): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(request);
  const [first] = (await once(socket, 'data')) as [Buffer];
  if (!first.toString('latin1').startsWith('HTTP/1.1 200'))
    throw new Error(`answered ${first.subarray(0, 60)}`);
  socket.resume();
  socket.on('error', () => {});
  socket.on('close', () => open--);
  open++;
}
