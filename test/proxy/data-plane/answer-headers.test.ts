import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RawClient } from '../../support/raw-client.ts';
import { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { exchange } from './exchange.ts';
import { startTestProxy } from './test-proxy.ts';

const request = 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n';
const answerWith = (...lines: string[]) =>
  `HTTP/1.1 200 OK\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\nok`;

/** Field lines of an answer but for those that Node adds for its own hop. */
const upstreamLines = (lines: string[]) => lines.filter((line) => !/^(?:Connection|Keep-Alive):/.test(line));

describe('what an upstream says', () => {
  test('keeps status, reason, order, case, duplicates and bytes', async () => {
    const lines = [
      'x-b: 2',
      'X-A: 1',
      'Set-Cookie: a=1; Path=/',
      'Content-Type: text/plain',
      'set-cookie: b=2',
      'SET-COOKIE: c=3; Expires=Wed, 21 Oct 2026 07:28:00 GMT',
      'X-Name: caf\xe9 \xc3\xa9',
      'X-Empty: ',
      'content-length: 2',
    ];
    const { answer } = await exchange(request, answerWith(...lines).replace('200 OK', '299 Gro\xdfartig'));
    assert.equal(answer.startLine, 'HTTP/1.1 299 Gro\xdfartig');
    assert.deepEqual(upstreamLines(answer.lines), lines);
  });

  test('keeps its bytes beyond ASCII when the head has to go ahead of the body', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      connection.send('HTTP/1.1 200 OK\r\nX-Name: caf\xe9 \xc3\xa9\r\nTransfer-Encoding: chunked\r\n\r\n');
    });
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    client.send(request);
    await client.text('X-Name: caf\xe9 \xc3\xa9\r\n');
  });

  for (const name of ['\xfcbersicht.pdf', '\xc3\xbcbersicht.pdf', '\xe6\x97\xa5\xe6\x9c\xac.pdf']) {
    test(`a file name of the bytes ${JSON.stringify(name)} reaches the client as it is`, async () => {
      // Node re-encodes Content-Disposition when it knows the length: that broke the bytes, or threw.
      const line = `Content-Disposition: attachment; filename="${name}"`;
      const { answer } = await exchange(request, answerWith('Content-Length: 2', line, 'X-Last: 1'));
      assert.deepEqual(answer.values('Content-Disposition'), [line.slice(line.indexOf(':') + 2)]);
      assert.equal(answer.value('Content-Length'), '2');
      assert.equal(answer.text, 'ok');
    });
  }

  test('is not dated when it has no date', async () => {
    const { answer } = await exchange(request, answerWith('Content-Length: 2'));
    assert.equal(answer.value('Date'), undefined);
  });

  test('keeps Content-Length once when it came twice', async () => {
    const { answer } = await exchange(request, answerWith('Content-Length: 2', 'content-length: 2'));
    assert.deepEqual(answer.values('Content-Length'), ['2']);
  });

  test('keeps the length of the body that a 304 does not have', async () => {
    const { answer } = await exchange(
      request,
      'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nContent-Length: 99\r\n\r\n',
    );
    assert.deepEqual(
      [answer.status, answer.value('Content-Length'), answer.value('ETag')],
      [304, '99', '"1"'],
    );
  });

  test('loses Content-Length of a 204, which may have none', async () => {
    const { answer } = await exchange(request, 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n');
    assert.deepEqual([answer.status, answer.value('Content-Length')], [204, undefined]);
  });

  test('names like members of Object.prototype are kept', async () => {
    const lines = ['__proto__: 1', 'constructor: 2', 'Content-Length: 2'];
    assert.deepEqual(upstreamLines((await exchange(request, answerWith(...lines))).answer.lines), lines);
  });
});

describe('what is meant for this hop only, or is ours to say, is dropped', () => {
  const dropped = [
    'Connection: close',
    'Keep-Alive: timeout=99',
    'Proxy-Connection: keep-alive',
    'TE: trailers',
    'Trailer: X-Sum',
    'Upgrade: h2c',
    'Ficus-Upstream: evil',
    'Ficus_Migration: evil',
    'Content_Length: 7',
    'Proxy-Authenticate: Basic',
    'Proxy-Authentication-Info: x',
  ];
  for (const line of dropped) {
    test(line, async () => {
      const { answer } = await exchange(request, answerWith(line, 'Content-Length: 2', 'X-Kept: 1'));
      assert.deepEqual(upstreamLines(answer.lines), ['Content-Length: 2', 'X-Kept: 1']);
      assert.equal(answer.value('Connection'), 'keep-alive');
    });
  }

  test('what Connection nominates', async () => {
    const { answer } = await exchange(
      request,
      answerWith('X-Hop: 1', 'Connection: x-hop, X-Other', 'x-other: 1', 'Content-Length: 2', 'X-Kept: 1'),
    );
    assert.deepEqual(upstreamLines(answer.lines), ['Content-Length: 2', 'X-Kept: 1']);
  });

  test('what Connection nominates, though it be a header that is read here', async () => {
    const { answer } = await exchange(
      request,
      answerWith(
        'Connection: content-disposition, location',
        'Content-Length: 2',
        'Content-Disposition: inline',
        'Location: /b',
      ),
    );
    assert.deepEqual(upstreamLines(answer.lines), ['Content-Length: 2']);
  });

  test('Content-Length and Set-Cookie are not to be removed by nominating them', async () => {
    const { answer } = await exchange(
      request,
      answerWith('Connection: content-length, set-cookie', 'Content-Length: 2', 'Set-Cookie: a=1'),
    );
    assert.deepEqual(upstreamLines(answer.lines), ['Content-Length: 2', 'Set-Cookie: a=1']);
  });
});

describe('the body', () => {
  test('with chunks comes in chunks', async () => {
    const { answer } = await exchange(
      request,
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n',
    );
    assert.equal(answer.value('Transfer-Encoding'), 'chunked');
    assert.equal(answer.wireBody.toString(), '5\r\nhello\r\n0\r\n\r\n');
  });

  test('that ends with the upstream’s connection comes in chunks', async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.request();
      connection.send('HTTP/1.0 200 OK\r\n\r\nhello');
      connection.end();
    });
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    const answer = await client.ask(request);
    assert.equal(answer.value('Transfer-Encoding'), 'chunked');
    assert.equal(answer.text, 'hello');
  });
});

test('who answered is said only when asked for', async () => {
  const options = { routes: ['GET /a'] };
  const silent = await exchange(request, undefined, options);
  assert.equal(silent.answer.value('Ficus-Upstream'), undefined);
  const { answer } = await exchange(request, undefined, { ...options, debugHeaders: true });
  assert.equal(answer.value('Ficus-Upstream'), 'monolith');
  assert.equal(answer.value('Ficus-Migration'), 'catalog');
});
