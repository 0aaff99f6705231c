import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientLines, exchange } from './exchange.ts';

const withTrailers =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n' +
  'X-Sum: 1\r\nSet-Cookie: evil=1\r\nX-Last: caf\xe9\r\n\r\n';
const get = (...lines: string[]) =>
  `GET /a HTTP/1.1\r\nHost: shop\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;

test('a client that reads trailers gets those that may be passed on', async () => {
  const { answer, forwarded } = await exchange(get('TE: trailers', 'Connection: TE'), withTrailers);
  assert.equal(answer.wireBody.toString('latin1'), '5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-Last: caf\xe9\r\n\r\n');
  assert.deepEqual(clientLines(forwarded), ['TE: trailers', 'Connection: TE']);
});

test('a client that does not say that it reads trailers gets none', async () => {
  for (const lines of [[], ['TE: gzip'], ['TE: xtrailers'], ['TE: trailers;q=0']]) {
    const { answer, forwarded } = await exchange(get(...lines), withTrailers);
    assert.equal(answer.wireBody.toString('latin1'), '5\r\nhello\r\n0\r\n\r\n');
    assert.deepEqual(clientLines(forwarded), []);
  }
});

test('an answer of known length has no room for trailers, and none are made up', async () => {
  const { answer } = await exchange(
    get('TE: gzip;q=0.5, trailers'),
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  );
  assert.equal(answer.wireBody.toString(), 'ok');
});
