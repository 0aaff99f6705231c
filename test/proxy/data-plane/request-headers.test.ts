import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { clientLines, exchange } from './exchange.ts';

const get = (...lines: string[]) =>
  `GET /a HTTP/1.1\r\nHost: shop\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;

describe('what a client says', () => {
  test('keeps order, case, duplicates and bytes', async () => {
    const lines = [
      'X-b: 2',
      'x-A: 1',
      'Cookie: a=1; b=2',
      'X-Name: caf\xe9 \xc3\xa9',
      'x-a: 3',
      'Accept: */*',
      'X-Empty: ',
    ];
    assert.deepEqual(clientLines((await exchange(get(...lines))).forwarded), lines);
  });

  test('Host passes unchanged, first of all', async () => {
    const { forwarded } = await exchange('GET /a HTTP/1.1\r\nAccept: */*\r\nHost: Shop.Example:8080\r\n\r\n');
    assert.equal(forwarded.lines[0], 'Host: Shop.Example:8080');
    assert.equal(forwarded.values('Host').length, 1);
  });

  test('Host is the upstream’s when that has one', async () => {
    const { forwarded } = await exchange(get(), undefined, { upstream: { host: 'inner.example' } });
    assert.equal(forwarded.value('Host'), 'inner.example');
    assert.equal(forwarded.value('X-Forwarded-Host'), 'shop');
  });

  test('the path goes behind the upstream’s base path', async () => {
    const { forwarded } = await exchange(get(), undefined, { upstream: { basePath: '/base' } });
    assert.equal(forwarded.startLine, 'GET /base/a HTTP/1.1');
  });

  const targets = [
    '/a?b=c&d=%20#'.slice(0, -1),
    '//a//b',
    '/a%2Fb',
    '/a/../b',
    '/a;v=1',
    '/%7Euser',
    '/caf%c3%a9',
    '/a?x=http://b/?y',
    '/?',
    '/a\'b|c{d}e"f',
  ];
  for (const target of targets) {
    test(`the target ${JSON.stringify(target)} passes byte for byte`, async () => {
      const { forwarded } = await exchange(`GET ${target} HTTP/1.1\r\nHost: shop\r\n\r\n`);
      assert.equal(forwarded.startLine, `GET ${target} HTTP/1.1`);
    });
  }

  const absolute: [target: string, forwardedAs: string][] = [
    ['http://shop/a?b', '/a?b'],
    ['http://shop', '/'],
    ['http://shop?b', '/?b'],
    ['HTTP://SHOP/a', '/a'],
    ['https://shop//a', '//a'],
  ];
  for (const [target, forwardedAs] of absolute) {
    test(`the absolute target ${target} is forwarded as ${forwardedAs}`, async () => {
      const { forwarded } = await exchange(`GET ${target} HTTP/1.1\r\nHost: shop\r\n\r\n`);
      assert.equal(forwarded.startLine, `GET ${forwardedAs} HTTP/1.1`);
      assert.equal(forwarded.value('Host'), 'shop');
    });
  }

  test('OPTIONS with an absolute target without path is forwarded as *', async () => {
    const { forwarded } = await exchange('OPTIONS http://shop HTTP/1.1\r\nHost: shop\r\n\r\n');
    assert.equal(forwarded.startLine, 'OPTIONS * HTTP/1.1');
  });
});

describe('what is meant for this hop only is dropped', () => {
  const dropped = [
    'Connection: keep-alive',
    'Keep-Alive: timeout=5',
    'Proxy-Connection: keep-alive',
    'Proxy-Authorization: Basic YTpi',
    'TE: gzip',
    'Trailer: X-Sum',
    'HTTP2-Settings: AAMAAABkAAQAAP__',
    'Upgrade: h2c',
  ];
  for (const line of dropped) {
    test(line, async () => {
      const { forwarded } = await exchange(get(line, 'X-Kept: 1'));
      assert.deepEqual(clientLines(forwarded), ['X-Kept: 1']);
    });
  }

  const nominations: [connection: string[], lines: string[], kept: string[]][] = [
    [['x-hop'], ['X-Hop: 1', 'X-Kept: 1'], ['X-Kept: 1']],
    [['X-Hop'], ['x-hop: 1', 'X-HOP: 2'], []],
    [['close, x-hop ,,\tX-Other'], ['X-Hop: 1', 'X-Other: 1', 'X-Kept: 1'], ['X-Kept: 1']],
    [['x-hop', 'x-other'], ['X-Hop: 1', 'X-Other: 1'], []],
    [['x-h'], ['X-Hop: 1'], ['X-Hop: 1']],
    [
      ['authorization, cookie'],
      ['Authorization: Bearer t', 'Cookie: a=1'],
      ['Authorization: Bearer t', 'Cookie: a=1'],
    ],
  ];
  for (const [connection, lines, kept] of nominations) {
    test(`Connection: ${connection.join(' and ')} leaves ${JSON.stringify(kept)} of ${JSON.stringify(lines)}`, async () => {
      const { forwarded } = await exchange(
        get(...connection.map((value) => `Connection: ${value}`), ...lines),
      );
      assert.deepEqual(clientLines(forwarded), kept);
    });
  }

  test('a nominated header is dropped though it stands before Connection', async () => {
    const { forwarded } = await exchange(get('X-Hop: 1', 'Connection: x-hop'));
    assert.deepEqual(clientLines(forwarded), []);
  });

  for (const name of [
    'Host',
    'Content-Length',
    'X-Forwarded-For',
    'X-Request-Id',
    'Forwarded',
    'traceparent',
  ]) {
    test(`${name} is not to be removed by nominating it`, async () => {
      const { forwarded } = await exchange(
        `POST /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\nConnection: ${name}\r\n\r\nhello`,
      );
      assert.equal(forwarded.values(name).length, 1);
    });
  }
});

describe('what only the proxy may say is not taken from clients', () => {
  const spoofs = [
    'X-Forwarded-For: 10.0.0.1',
    'x-forwarded-for: 10.0.0.1',
    'X_Forwarded_For: 10.0.0.1',
    'X.Forwarded.For: 10.0.0.1',
    'X-Forwarded_Proto: https',
    'X-Forwarded-Host: evil.example',
    'X-Forwarded-Port: 443',
    'X-Forwarded-Server: evil.example',
    'X-Real-IP: 10.0.0.1',
    'Forwarded: for=10.0.0.1',
    'X_Request_Id: 7',
    'Ficus-Force: service',
    'Ficus-Shadow: dry-run',
    'ficus-anything: 1',
    'Ficus_Shadow: compare',
    'FICUS.Shadow: compare',
    'Content_Length: 5',
    'Transfer_Encoding: chunked',
    'Transfer.Encoding: chunked',
  ];
  for (const line of spoofs) {
    test(line, async () => {
      const { forwarded } = await exchange(get(line, 'X-Kept: 1'));
      // That it was marked as a copy is passed on in our own words, so that nobody copies it again.
      const guard = line.startsWith('Ficus-Shadow:') ? ['Ficus-No-Copy: 1'] : [];
      assert.deepEqual(clientLines(forwarded), ['X-Kept: 1', ...guard]);
      assert.ok(!forwarded.head.includes('10.0.0.1') && !forwarded.head.includes('evil'), forwarded.head);
    });
  }

  test('a name that only resembles ours is kept', async () => {
    const lines = ['X-Forwarded: 1', 'Ficusx: 1', 'X-Forwarded-Format: 1'];
    assert.deepEqual(clientLines((await exchange(get(...lines))).forwarded), lines);
  });

  test('names like members of Object.prototype are kept', async () => {
    const lines = ['__proto__: 1', 'constructor: 2', 'toString: 3'];
    assert.deepEqual(clientLines((await exchange(get(...lines))).forwarded), lines);
  });
});

describe('what the proxy says', () => {
  test('names client, scheme and host', async () => {
    const { forwarded } = await exchange(get());
    assert.equal(forwarded.value('X-Forwarded-For'), '127.0.0.1');
    assert.equal(forwarded.value('X-Forwarded-Proto'), 'http');
    assert.equal(forwarded.value('X-Forwarded-Host'), 'shop');
    assert.equal(forwarded.value('Forwarded'), 'for=127.0.0.1;host="shop";proto=http');
  });

  test('gives a request an id and a trace, and finds one by the other', async () => {
    const { forwarded } = await exchange(get());
    const id = forwarded.value('X-Request-Id')!;
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.match(forwarded.value('traceparent')!, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    assert.ok(forwarded.value('traceparent')!.includes(id.replaceAll('-', '')));
  });

  test('keeps a sane request id', async () => {
    assert.equal((await exchange(get('X-Request-Id: order-7'))).forwarded.value('X-Request-Id'), 'order-7');
  });

  for (const id of ['', 'a b', 'x'.repeat(129), '<script>', 'a"b', '\xe9']) {
    test(`replaces the request id ${JSON.stringify(id.slice(0, 20))}`, async () => {
      const { forwarded } = await exchange(get(`X-Request-Id: ${id}`));
      assert.match(forwarded.value('X-Request-Id')!, /^[0-9a-f-]{36}$/);
    });
  }

  const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  test('keeps a valid traceparent', async () => {
    assert.equal((await exchange(get(`traceparent: ${trace}`))).forwarded.value('traceparent'), trace);
  });

  for (const wrong of [
    trace.toUpperCase(),
    `${trace}-x`,
    trace.replace('00-', 'ff-'),
    trace.replace(/-[0-9a-f]{32}-/, `-${'0'.repeat(32)}-`),
    trace.replace('00f067aa0ba902b7', '0'.repeat(16)),
    'x',
  ]) {
    test(`replaces the traceparent ${wrong}`, async () => {
      const { forwarded } = await exchange(get(`traceparent: ${wrong}`));
      assert.match(forwarded.value('traceparent')!, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      assert.notEqual(forwarded.value('traceparent'), wrong);
    });
  }
});
