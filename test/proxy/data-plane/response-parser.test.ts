import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ResponseParser } from '../../../proxy/data-plane/response-parser.ts';
import { chunked, ok, parse, parseAnyWay, sized, whole } from './parse-answer.ts';

describe('a well-formed answer', () => {
  test('with Content-Length has that body', () => {
    assert.deepEqual(parseAnyWay(sized), {
      interim: [],
      status: 200,
      reason: 'OK',
      headers: ['Content-Length', '5'],
      framing: 'length',
      reusable: true,
      body: 'hello',
      isComplete: true,
    });
  });

  const bodies: [name: string, answer: string, body: string][] = [
    ['Content-Length 0', `${ok}Content-Length: 0\r\n\r\n`, ''],
    ['tabs around Content-Length', `${ok}Content-Length:\t5\t\r\n\r\nhello`, 'hello'],
    ['no space behind the colon', `${ok}Content-Length:5\r\n\r\nhello`, 'hello'],
    ['the same Content-Length twice', `${ok}Content-Length: 5\r\ncontent-length: 5\r\n\r\nhello`, 'hello'],
    [
      'a name that begins like Content-Length',
      `${ok}Content-Length-X: 9\r\nContent-Length: 5\r\n\r\nhello`,
      'hello',
    ],
    ['one chunk', `${chunked}5\r\nhello\r\n0\r\n\r\n`, 'hello'],
    ['several chunks', `${chunked}2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n`, 'hello'],
    ['no chunk but the last', `${chunked}0\r\n\r\n`, ''],
    ['a chunk size in upper-case hex', `${chunked}A\r\n0123456789\r\n0\r\n\r\n`, '0123456789'],
    ['a chunk size in lower-case hex', `${chunked}a\r\n0123456789\r\n0\r\n\r\n`, '0123456789'],
    ['zeros in front of a chunk size', `${chunked}0005\r\nhello\r\n000\r\n\r\n`, 'hello'],
    ['a chunk extension', `${chunked}5;a=b\r\nhello\r\n0;c\r\n\r\n`, 'hello'],
    ['a quoted chunk extension', `${chunked}5;a="b;c"\r\nhello\r\n0\r\n\r\n`, 'hello'],
    ['trailers', `${chunked}5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n`, 'hello'],
    ['chunked in capitals', `${ok}transfer-encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`, 'hello'],
    ['line breaks within a chunk', `${chunked}4\r\n\r\n\r\n\r\n0\r\n\r\n`, '\r\n\r\n'],
    [
      'what looks like an answer as its body',
      `${ok}Content-Length: 19\r\n\r\nHTTP/1.1 500 No\r\n\r\n`,
      'HTTP/1.1 500 No\r\n\r\n',
    ],
  ];
  for (const [name, answer, body] of bodies) {
    test(`with ${name} is read to its end`, () => {
      const outcome = parseAnyWay(answer);
      assert.equal(outcome.problem, undefined);
      assert.equal(outcome.body, body);
      assert.equal(outcome.isComplete, true);
    });
  }

  test('without framing lasts until the connection closes', () => {
    const outcome = parseAnyWay(`${ok}\r\nhello`, 'GET', true);
    assert.deepEqual([outcome.framing, outcome.body, outcome.isComplete], ['close', 'hello', true]);
    assert.equal(outcome.reusable, false);
    assert.equal(parseAnyWay(`${ok}\r\nhello`).isComplete, false);
  });

  test('without framing and without a byte of body is complete when the connection closes', () => {
    assert.equal(parseAnyWay(`${ok}\r\n`, 'GET', true).isComplete, true);
  });

  const bodiless: [method: string, answer: string][] = [
    ['HEAD', sized.replace('hello', '')],
    ['HEAD', chunked],
    ['HEAD', `${ok}\r\n`],
    ['GET', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['GET', 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n'],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 1234\r\n\r\n'],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ];
  for (const [method, answer] of bodiless) {
    test(`to ${method} has no body: ${JSON.stringify(answer)}`, () => {
      const outcome = parseAnyWay(answer, method);
      assert.equal(outcome.problem, undefined);
      assert.equal(outcome.framing, 'none');
      assert.equal(outcome.isComplete, true);
    });
  }

  test('keeps order, case, duplicates and bytes of its header fields', () => {
    const fields = 'X-b: 2\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\nX-Name: caf\xe9 \xc3\xa9\r\nX-Empty:\r\n';
    assert.deepEqual(parseAnyWay(`${ok}${fields}Content-Length: 0\r\n\r\n`).headers, [
      'X-b',
      '2',
      'set-cookie',
      'a=1',
      'Set-Cookie',
      'b=2',
      'X-Name',
      'caf\xe9 \xc3\xa9',
      'X-Empty',
      '',
      'Content-Length',
      '0',
    ]);
  });

  const reasons: [statusLine: string, status: number, reason: string][] = [
    ['HTTP/1.1 200 OK', 200, 'OK'],
    ['HTTP/1.1 200 ', 200, ''],
    ['HTTP/1.1 200', 200, ''],
    ['HTTP/1.1 404 Nothing here, try \xfcber there', 404, 'Nothing here, try \xfcber there'],
    ['HTTP/1.1 200  OK', 200, ' OK'],
    ['HTTP/1.1 999 Odd', 999, 'Odd'],
  ];
  for (const [statusLine, status, reason] of reasons) {
    test(`may begin with ${JSON.stringify(statusLine)}`, () => {
      const outcome = parseAnyWay(`${statusLine}\r\nContent-Length: 0\r\n\r\n`);
      assert.deepEqual([outcome.status, outcome.reason, outcome.isComplete], [status, reason, true]);
    });
  }

  test('may follow interim answers', () => {
    const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n';
    const outcome = parseAnyWay(interim + sized);
    assert.deepEqual([outcome.interim, outcome.status, outcome.body], [[100, 103], 200, 'hello']);
  });

  test('may have a head of just under 64 KiB', () => {
    const outcome = parse(`${ok}X-Long: ${'x'.repeat(65_000)}\r\nContent-Length: 0\r\n\r\n`, whole);
    assert.equal(outcome.isComplete, true);
  });

  test('with a head of thousands of fields is parsed at once', () => {
    const fields = Array.from({ length: 9000 }, (_, i) => `a:${i % 10}\r\n`).join('');
    const startedAt = performance.now();
    assert.equal(parse(`${ok}${fields}Content-Length: 0\r\n\r\n`, whole).isComplete, true);
    assert.ok(performance.now() - startedAt < 200);
  });
});

describe('whether a connection may carry another request', () => {
  const cases: [answer: string, reusable: boolean][] = [
    [sized, true],
    [`${chunked}0\r\n\r\n`, true],
    [`${ok}Connection: keep-alive\r\nContent-Length: 0\r\n\r\n`, true],
    [`${ok}Connection: close\r\nContent-Length: 0\r\n\r\n`, false],
    [`${ok}Connection: Close\r\nContent-Length: 0\r\n\r\n`, false],
    [`${ok}Connection: x-a, close\r\nContent-Length: 0\r\n\r\n`, false],
    [`${ok}Connection: x-a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, false],
    ['HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', false],
    ['HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n', true],
    [`${ok}\r\n`, false],
  ];
  for (const [answer, reusable] of cases) {
    test(`${reusable ? 'yes' : 'no'} after ${JSON.stringify(answer)}`, () => {
      assert.equal(parseAnyWay(answer, 'GET', true).reusable, reusable);
    });
  }
});

test('one parser reads one answer after another', () => {
  const bodies: string[] = [];
  const parser = new ResponseParser({
    onInformation() {},
    onHead() {},
    onBody: (chunk) => bodies.push(chunk.toString()),
    onEnd() {},
  });
  for (const answer of [sized, `${chunked}5\r\nworld\r\n0\r\n\r\n`, sized]) {
    parser.begin('GET');
    assert.equal(parser.execute(Buffer.from(answer)), undefined);
    assert.equal(parser.complete, true);
  }
  assert.deepEqual(bodies, ['hello', 'world', 'hello']);
});
