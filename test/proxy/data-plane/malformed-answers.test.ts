import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ResponseParser } from '../../../proxy/data-plane/response-parser.ts';
import { chunked, ok, parse, parseAnyWay, sized, whole } from './parse-answer.ts';

describe('a malformed answer is refused', () => {
  const malformed: [name: string, answer: string][] = [
    ['another protocol', 'HTP/1.1 200 OK\r\n\r\n'],
    ['a protocol in lower case', 'http/1.1 200 OK\r\n\r\n'],
    ['a two-digit major version', 'HTTP/11.1 200 OK\r\n\r\n'],
    ['a zero before the version', 'HTTP/01.1 200 OK\r\n\r\n'],
    ['a two-digit minor version', 'HTTP/1.01 200 OK\r\n\r\n'],
    ['version 2.0', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['version 1.2', 'HTTP/1.2 200 OK\r\n\r\n'],
    ['a tab behind the version', 'HTTP/1.1\t200 OK\r\n\r\n'],
    ['two spaces before the status', 'HTTP/1.1  200 OK\r\n\r\n'],
    ['a two-digit status', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a four-digit status', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a status under 100', 'HTTP/1.1 099 OK\r\n\r\n'],
    ['a status that is no number', 'HTTP/1.1 2xx OK\r\n\r\n'],
    ['a line break before the status line', `\r\n${sized}`],
    ['text before the status line', `garbage${sized}`],
    ['LF alone behind the status line', 'HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n'],
    ['CR alone behind the status line', 'HTTP/1.1 200 OK\rContent-Length: 0\r\n\r\n'],
    ['LF alone between fields', `${ok}A: 1\nContent-Length: 0\r\n\r\n`],
    ['CR alone between fields', `${ok}A: 1\rB: 2\r\nContent-Length: 0\r\n\r\n`],
    ['two CR before LF', `${ok}A: 1\r\r\nContent-Length: 0\r\n\r\n`],
    ['a folded field', `${ok}A: 1\r\n folded\r\nContent-Length: 0\r\n\r\n`],
    ['a space before the first field', 'HTTP/1.1 200 OK\r\n Host: foo\r\n\r\n'],
    ['a space before a colon', `${ok}Content-Length : 5\r\n\r\nhello`],
    ['a space within a name', `${ok}Content Length: 5\r\n\r\nhello`],
    ['a field without a colon', `${ok}Content-Length 5\r\n\r\nhello`],
    ['a field without a name', `${ok}: 5\r\nContent-Length: 0\r\n\r\n`],
    ['a name beyond ASCII', `${ok}X-\xe9: 5\r\nContent-Length: 0\r\n\r\n`],
    ['a NUL in a value', `${ok}A: a\0b\r\nContent-Length: 0\r\n\r\n`],
    ['an escape in a value', `${ok}A: a\x1bb\r\nContent-Length: 0\r\n\r\n`],
    ['a DEL in a value', `${ok}A: a\x7fb\r\nContent-Length: 0\r\n\r\n`],
    ['a NUL in the reason', 'HTTP/1.1 200 O\0K\r\nContent-Length: 0\r\n\r\n'],
    ['two different Content-Length', `${ok}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
    ['a list as Content-Length', `${ok}Content-Length: 5, 5\r\n\r\nhello`],
    ['an empty Content-Length', `${ok}Content-Length:\r\n\r\nhello`],
    ['a signed Content-Length', `${ok}Content-Length: +5\r\n\r\nhello`],
    ['a negative Content-Length', `${ok}Content-Length: -5\r\n\r\nhello`],
    ['a hexadecimal Content-Length', `${ok}Content-Length: 0x5\r\n\r\nhello`],
    ['a fraction as Content-Length', `${ok}Content-Length: 5.0\r\n\r\nhello`],
    ['spaces within Content-Length', `${ok}Content-Length: 4 2\r\n\r\nhello`],
    ['a Content-Length beyond safe integers', `${ok}Content-Length: 18446744073709551621\r\n\r\nhello`],
    [
      'Content-Length and Transfer-Encoding',
      `${ok}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['another Transfer-Encoding', `${ok}Transfer-Encoding: gzip\r\n\r\nhello`],
    ['a Transfer-Encoding before chunked', `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ['chunked before another Transfer-Encoding', `${ok}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`],
    ['chunked twice', `${ok}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['chunked with a vertical tab', `${ok}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`],
    ['a name like chunked', `${ok}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['an empty Transfer-Encoding', `${ok}Transfer-Encoding:\r\n\r\nhello`],
    ['Transfer-Encoding in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['101 that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'],
    ['a chunk size that is none', `${chunked}x\r\nhello\r\n0\r\n\r\n`],
    ['an empty chunk size', `${chunked}\r\nhello\r\n0\r\n\r\n`],
    ['a chunk size with 0x', `${chunked}0x5\r\nhello\r\n0\r\n\r\n`],
    ['a negative chunk size', `${chunked}-5\r\nhello\r\n0\r\n\r\n`],
    ['a signed chunk size', `${chunked}+5\r\nhello\r\n0\r\n\r\n`],
    ['a space before a chunk size', `${chunked} 5\r\nhello\r\n0\r\n\r\n`],
    ['a space behind a chunk size', `${chunked}5 \r\nhello\r\n0\r\n\r\n`],
    ['an underscore in a chunk size', `${chunked}1_0\r\nhello\r\n0\r\n\r\n`],
    ['a chunk size beyond safe integers', `${chunked}fffffffffffffffff\r\nhello`],
    ['LF alone behind a chunk size', `${chunked}5\nhello\r\n0\r\n\r\n`],
    ['a chunk extension without a name', `${chunked}5;\r\nhello\r\n0\r\n\r\n`],
    ['a chunk extension with an open quote', `${chunked}5;a="b\r\nhello\r\n0\r\n\r\n`],
    ['LF alone in a chunk extension', `${chunked}5;a\nb\r\nhello\r\n0\r\n\r\n`],
    ['CR alone in a chunk extension', `${chunked}5;a\rb\r\nhello\r\n0\r\n\r\n`],
    ['a chunk that is longer than it says', `${chunked}4\r\nhello\r\n0\r\n\r\n`],
    ['a chunk that is shorter than it says', `${chunked}6\r\nhello\r\n0\r\n\r\n`],
    ['chunk data ended by LF alone', `${chunked}5\r\nhello\n0\r\n\r\n`],
    ['a chunk line of 300 bytes', `${chunked}5;${'x'.repeat(300)}\r\nhello\r\n0\r\n\r\n`],
    ['a chunk line that never ends', `${chunked}5;${'x'.repeat(300)}`],
    ['a trailer with a space before its colon', `${chunked}0\r\nA : 1\r\n\r\n`],
    ['a trailer without a colon', `${chunked}0\r\nA\r\n\r\n`],
    ['a folded trailer', `${chunked}0\r\nA: 1\r\n b\r\n\r\n`],
    ['LF alone in the trailers', `${chunked}0\r\nA: 1\nB: 2\r\n\r\n`],
    ['bytes behind the end', `${sized}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`],
    ['one byte behind the end', `${sized}!`],
    ['a line break behind the end', `${sized}\r\n`],
    ['bytes behind the last chunk', `${chunked}0\r\n\r\nx`],
  ];
  for (const [name, answer] of malformed) {
    test(name, () => assert.ok(parseAnyWay(answer).problem));
  }

  test('a body to HEAD', () => assert.ok(parseAnyWay(sized, 'HEAD').problem));
  test('a body of 204', () => assert.ok(parseAnyWay('HTTP/1.1 204 No Content\r\n\r\nx').problem));
  test('a body of 304', () => assert.ok(parseAnyWay('HTTP/1.1 304 Not Modified\r\n\r\nx').problem));

  test('a head over 64 KiB, ended or not', () => {
    const head = `${ok}X-Long: ${'x'.repeat(66_000)}`;
    assert.ok(parse(head, whole).problem);
    assert.ok(parse(`${head}\r\n\r\n`, whole).problem);
  });

  test('trailers over 16 KiB in all', () => {
    const trailers = 'A: 1\r\n'.repeat(4000);
    assert.ok(parse(`${chunked}0\r\n${trailers}\r\n`, whole).problem);
  });

  test('more than 32 interim answers', () => {
    const interim = 'HTTP/1.1 103 Early Hints\r\n\r\n';
    assert.equal(parse(interim.repeat(32) + sized, whole).isComplete, true);
    assert.ok(parse(interim.repeat(33) + sized, whole).problem);
  });

  test('whatever comes after a refusal is refused too', () => {
    const parser = new ResponseParser({ onInformation() {}, onHead() {}, onBody() {}, onEnd() {} });
    parser.begin('GET');
    assert.ok(parser.execute(Buffer.from('nonsense\r\n\r\n')));
    assert.ok(parser.execute(Buffer.from(sized)));
  });
});

describe('a connection that ends too early is a problem', () => {
  const cut = [
    '',
    'HTT',
    ok,
    `${ok}Content-Length: 5\r\n`,
    `${ok}Content-Length: 5\r\n\r\n`,
    `${ok}Content-Length: 5\r\n\r\nhell`,
    chunked,
    `${chunked}5`,
    `${chunked}5\r\nhel`,
    `${chunked}5\r\nhello`,
    `${chunked}5\r\nhello\r\n`,
    `${chunked}5\r\nhello\r\n0\r\n`,
    `${chunked}5\r\nhello\r\n0\r\nA: 1\r\n`,
  ];
  for (const answer of cut) {
    test(JSON.stringify(answer), () => {
      const outcome = parseAnyWay(answer, 'GET', true);
      assert.ok(outcome.problem);
      assert.equal(outcome.isComplete, false);
    });
  }
});
