/**
 * A service that answers as the upstreams do, after a while; hangs; or resets: as the path asked for last under
 * /mode/ says. Arguments: port, the body that it answers with.
 */
import { createServer } from 'node:http';

const [port, body = ''] = process.argv.slice(2);
/** Of what an upstream takes here, which is well under a millisecond, more than ten times. */
const slowMs = 10;
let mode = 'slow';

createServer((request, response) => {
  const url = request.url ?? '';
  if (url.startsWith('/mode/')) {
    mode = url.slice('/mode/'.length);
    response.end();
  } else if (url === '/.well-known/ficus') {
    response.end('{"service":"service","version":"bench","dryRun":false}');
  } else if (mode === 'reset') {
    request.socket.resetAndDestroy();
  } else if (mode === 'slow') {
    setTimeout(() => response.writeHead(200, { 'Content-Type': 'application/json' }).end(body), slowMs);
  }
}).listen(Number(port), '127.0.0.1');
