import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readHttp2Head } from '../../../proxy/data-plane/http2-head.ts';
import {
  END_HEADERS,
  END_STREAM,
  type Field,
  FrameType,
  getWith,
  RawHttp2,
  soundGet,
} from '../../support/raw-http2.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { http2Address as address } from './http2-listener.ts';
import { startTestProxy } from './test-proxy.ts';

const options = { timeout: 30_000 };
const smuggled = 'x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /admin HTTP/1.1\r\nHost: shop';
const show = (text: string | undefined): string => JSON.stringify(text)?.slice(0, 30) ?? 'nothing';

/** What would be another request, or another header, once it is written as HTTP/1.1. */
const refused: [what: string, fields: Field[]][] = [
  ...[
    '/a b',
    `/${smuggled}`,
    '/a HTTP/1.1\r\nX: y',
    '',
    'a',
    '*',
    'http://shop/a',
    '/a#b',
    '/caf\xe9',
    '/\0',
  ].map((path): [string, Field[]] => [`the path ${show(path)}`, getWith({ ':path': path })]),
  ...[`GET / HTTP/1.1\r\n${smuggled}`, 'G T', 'GET ', 'get', '', 'GET\0', 'CONNECT', 'TRACE'].map(
    (method): [string, Field[]] => [`the method ${show(method)}`, getWith({ ':method': method })],
  ),
  ...['http', 'ftp', 'https ', 'https://shop/admin?', '', undefined].map((scheme): [string, Field[]] => [
    `the scheme ${show(scheme)}`,
    getWith({ ':scheme': scheme }),
  ]),
  ...['a b', smuggled, 'user@shop', '', 'shop/a', 'shop:80x', undefined].map((host): [string, Field[]] => [
    `the authority ${show(host)}`,
    getWith({ ':authority': host }),
  ]),
  ...(
    [
      ['host', 'other'],
      ['connection', 'close'],
      ['keep-alive', 'timeout=5'],
      ['proxy-connection', 'keep-alive'],
      ['transfer-encoding', 'chunked'],
      ['upgrade', 'websocket'],
      ['te', 'gzip'],
      ['content-length', '5'],
      ['content-length', '-1'],
      ['content-length', '0, 0'],
      [':protocol', 'websocket'],
      [':status', '200'],
      [':method', 'GET'],
      [':path', '/b'],
      ['X-Upper', '1'],
      ['x-a', ' space before'],
      ['x-a', 'space behind '],
      ['expect', 'miracles'],
    ] as Field[]
  ).map((field): [string, Field[]] => [`${field[0]}: ${show(field[1])}`, getWith({}, field)]),
  ['a pseudo-header behind a header', [...soundGet.slice(1), ['x-a', '1'], soundGet[0]!]],
];

describe('refused, and nothing of it reaches the upstream:', options, () => {
  for (const [what, fields] of refused) {
    test(what, async () => {
      await using upstream = await RecordingUpstream.start();
      await using proxy = await startTestProxy({ monolith: upstream.port, address });
      using client = await RawHttp2.connect(proxy.port);
      client.ask(1, fields);
      // A status of 0 is one of ours that the table of common ones lacks, such as 405.
      assert.match(await client.fate(1), /^(?:reset 1|status 400|status 0)$/);
      client.ask(3, soundGet);
      assert.equal(await client.fate(3), 'status 200');
      assert.equal(upstream.request.startLine, 'GET /a HTTP/1.1');
      assert.equal(upstream.leftOver, '');
    });
  }
});

describe('left out by the protocol library, so that nothing of it reaches the upstream:', options, () => {
  const fields: Field[] = [
    ['x-a', smuggled],
    ['host', smuggled],
    ['x-a', 'a\nb'],
    ['x-a', 'a\rb'],
    ['x-a', 'a\0b'],
    ['x-a', 'a\x7fb'],
    ['x-a: 1\r\nx-b', 'v'],
    ['x-a\0', 'v'],
    ['x a', 'v'],
    ['x-a:', 'v'],
    ['', 'v'],
  ];
  for (const [name, value] of fields) {
    test(`${show(name)}: ${show(value)}`, async () => {
      await using upstream = await RecordingUpstream.start();
      await using proxy = await startTestProxy({ monolith: upstream.port, address });
      using client = await RawHttp2.connect(proxy.port);
      client.ask(1, getWith({}, [name, value]));
      assert.equal(await client.fate(1), 'status 200');
      assert.doesNotMatch(upstream.request.head, /x-a|x-b|x a|admin/i);
      assert.equal(upstream.leftOver, '');
    });
  }
});

describe('our own rules for a head, should the library let it pass:', () => {
  const read = (fields: readonly Field[], hasBody = false) => readHttp2Head(fields.flat(), hasBody, 32_768);

  test('a sound one is what an HTTP/1.1 client would have sent', () => {
    const head = read(getWith({ ':method': 'POST' }, ['cookie', 'a=1'], ['x', 'y'], ['cookie', 'b=2']), true);
    assert.ok(!('code' in head));
    assert.deepEqual([head.method, head.target, head.minorVersion], ['POST', '/a', 1]);
    assert.deepEqual(head.fields.flat, [
      ...['Host', 'shop', 'cookie', 'a=1; b=2', 'x', 'y', 'Transfer-Encoding', 'chunked'],
    ]);
  });

  test('Host stands in for a missing :authority, and may repeat it', () => {
    const only = read(getWith({ ':authority': undefined }, ['host', 'shop']));
    const both = read(getWith({}, ['host', 'SHOP']));
    for (const head of [only, both]) assert.deepEqual('fields' in head && head.fields.flat, ['Host', 'shop']);
  });

  const wrong: [fields: Field[], code: string][] = [
    ...['/a b', `/${smuggled}`, '', 'a', 'http://shop/a', '/caf\xe9', '/\0'].map(
      (path): [Field[], string] => [getWith({ ':path': path }), 'bad_request'],
    ),
    ...[`GET / HTTP/1.1\r\n${smuggled}`, 'G T', 'get', ''].map((method): [Field[], string] => [
      getWith({ ':method': method }),
      'bad_request',
    ]),
    ...['http', 'https ', '', undefined].map((scheme): [Field[], string] => [
      getWith({ ':scheme': scheme }),
      'bad_request',
    ]),
    ...(
      [
        ['x-a', smuggled],
        ['x-a', 'a\0b'],
        ['x-a', ' space before'],
        ['x-a', 'space behind '],
        ['x a', 'v'],
        ['x-a: 1\r\nx-b', 'v'],
        ['', 'v'],
        ['X-Upper', 'v'],
        ['host', 'other'],
        ['connection', 'close'],
        ['keep-alive', 'timeout=5'],
        ['proxy-connection', 'keep-alive'],
        ['transfer-encoding', 'chunked'],
        ['upgrade', 'websocket'],
        ['te', 'gzip'],
        [':protocol', 'websocket'],
        [':method', 'GET'],
      ] as Field[]
    ).map((field): [Field[], string] => [getWith({}, field), 'bad_request']),
    [getWith({ ':authority': undefined }), 'bad_request'],
    [getWith({}, ['host', 'shop'], ['host', 'shop']), 'bad_request'],
    [getWith({ ':method': 'CONNECT' }), 'method_refused'],
    [getWith({}, ['x-a', 'a'.repeat(33_000)]), 'headers_too_large'],
  ];
  for (const [fields, code] of wrong) {
    test(`${code}: ${fields.flat().map(show).join(' ').slice(0, 110)}`, () => {
      const head = read(fields);
      assert.equal('code' in head && head.code, code);
    });
  }
});

describe('a body over HTTP/2', options, () => {
  const lengths: [length: string, body: string, fate: RegExp][] = [
    ['5', 'abcde', /^status 200$/],
    ['5', 'abc', /^reset 1$/],
    ['5', 'abcdefg', /^(?:reset 1|goaway [12])$/],
  ];
  for (const [length, body, fate] of lengths) {
    test(`of ${body.length} bytes where ${length} are announced: ${fate}`, async () => {
      await using upstream = await RecordingUpstream.start();
      await using proxy = await startTestProxy({ monolith: upstream.port, address });
      using client = await RawHttp2.connect(proxy.port);
      client.ask(1, getWith({ ':method': 'POST' }, ['content-length', length]), END_HEADERS);
      client.send(FrameType.data, END_STREAM, 1, body);
      assert.match(await client.fate(1), fate);
      assert.equal(upstream.requests.length, body.length === 5 ? 1 : 0);
    });
  }
});
