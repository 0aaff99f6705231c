import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { defaultCompareLimits } from '../../../../proxy/shadow/compare/limits.ts';
import { readBody } from '../../../../proxy/shadow/compare/read-body.ts';
import { writeJson } from '../../../../proxy/shadow/compare/write-json.ts';
import type { Answer, CompleteAnswer, HashedAnswer } from '../../../../proxy/shadow/pair.ts';
import { createRedactor } from '../../../../proxy/shadow/redact.ts';
import { redactBody } from '../../../../proxy/shadow/redact-answer.ts';
import { bytes, pairOf, placesOf } from '../sample-pair.ts';
import { placesIn, typed } from './typed-answers.ts';

describe('forms', () => {
  const form = 'application/x-www-form-urlencoded';
  const cases: [what: string, monolith: string, service: string, places: string[]][] = [
    ['fields in another order, other escapes', 'a=1&b=x+y', 'b=x%20y&a=1', []],
    ['another value', 'a=1&b=2', 'a=1&b=3', ['body:/b value']],
    ['a field the service lacks', 'a=1&b=2', 'a=1', ['body:/b missing']],
    ['values of one name in another order', 'a=1&a=2&a=3', 'a=2&a=3&a=1', ['body:/a order']],
    ['a percent sign that escapes nothing', 'a=%zz', 'a=%zz&', []],
    ['__proto__', '__proto__=1', '__proto__=2', ['body:/__proto__ value']],
  ];
  for (const [what, monolith, service, places] of cases) {
    it(`${what}: ${places.join(', ') || 'agree'}`, () =>
      assert.deepEqual(placesIn(form, monolith, service), places));
  }
});

describe('JSON lines', () => {
  const lines = 'application/x-ndjson';
  it('another layout of a line agrees', () => {
    assert.deepEqual(placesIn(lines, '{"a":1,"b":2}\n{"a":2}\n', '{"b":2, "a":1}\r\n{"a":2}'), []);
  });
  it('a line put in is one difference', () => {
    assert.deepEqual(placesIn(lines, '{"a":1}\n{"a":2}', '{"a":1}\n{"x":[1]}\n{"a":2}'), ['body:/1 extra']);
  });
  it('a field of one line is found in it', () => {
    assert.deepEqual(placesIn(lines, '{"a":1,"b":1}\n{"a":2,"b":1}', '{"a":1,"b":1}\n{"a":3,"b":1}'), [
      'body:/1/a value',
    ]);
  });
  it('a line that is no JSON: bytes', () => {
    assert.deepEqual(placesIn(lines, '{"a":1}', '{"a":1}\n{'), ['body: type']);
  });
  it('an array is not the same as its elements line by line', () => {
    const pair = pairOf(typed(lines, '1\n2'), typed('application/json', '[1,2]'));
    assert.deepEqual(placesOf(pair), ['header:content-type value', 'body: type']);
  });
});

describe('event streams', () => {
  const stream = 'text/event-stream';
  it('comments, space after the colon and line ends mean nothing', () => {
    assert.deepEqual(placesIn(stream, ': ping\n\nevent:a\ndata:1\n\n', 'event: a\r\ndata: 1\r\n\r\n'), []);
  });
  it('data is compared as JSON where it is JSON', () => {
    assert.deepEqual(
      placesIn(stream, 'id: 1\ndata: {"a":1,"b":2}\n\n', 'id: 1\ndata: {"b":2,\ndata: "a":3}\n\n'),
      ['body:/0/data/a value'],
    );
  });
  it('an event put in is one difference', () => {
    const event = (id: number) => `id: ${id}\nevent: tick\ndata: {"n":${id}}\n\n`;
    assert.deepEqual(placesIn(stream, event(1) + event(2), event(1) + event(9) + event(2)), [
      'body:/1 extra',
    ]);
  });
});

describe('multipart bodies', () => {
  const body = (boundary: string, part: string) =>
    `--${boundary}\r\nContent-Type: text/plain\r\n\r\n${part}\r\n--${boundary}--\r\n`;
  it('agree under two boundaries, but for what the header says', () => {
    const pair = pairOf(
      typed('multipart/mixed; boundary=aaa', body('aaa', 'x')),
      typed('multipart/mixed; boundary="bbbb"', body('bbbb', 'x')),
    );
    assert.deepEqual(placesOf(pair), []);
  });
  const form = (boundary: string, ...parts: [head: string, content: string][]) =>
    typed(
      `multipart/form-data; boundary=${boundary}`,
      [
        ...parts.map(
          ([head, content]) =>
            `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`,
        ),
        `--${boundary}--\r\n`,
      ].join(''),
    );
  const file = (name: string, type: string) => `name="f"; filename="${name}"\r\nContent-Type: ${type}`;
  it('of a form differ field by field, in content by its type, in filename and type', () => {
    const places = (...pair: [CompleteAnswer, CompleteAnswer]) => placesOf(pairOf(...pair));
    const one = form('a', ['name="who"', 'Anna'], [file('a.json', 'application/json'), '{"n":1,"m":2}']);
    const other = form('b', [file('a.json', 'application/json'), '{"m":3, "n":1}'], ['name="who"', 'Bo']);
    assert.deepEqual(places(one, other), ['body:/who value', 'body:/f/content/m value']);
    const image = (name: string, type: string, content: string) => form('c', [file(name, type), content]);
    assert.deepEqual(places(image('a.png', 'image/png', 'x'), image('b.png', 'image/gif', 'yy')), [
      'body:/f/filename value',
      'body:/f/type value',
      'body:/f/bytes value',
      'body:/f/digest value',
    ]);
    const twice = (...values: string[]) => form('d', ...values.map((v): [string, string] => ['name="t"', v]));
    assert.deepEqual(places(twice('1', '2'), twice('1')), ['body:/t type']);
    assert.deepEqual(places(twice('1'), form('d')), ['body:/t missing']);
  });
  it('that are cut off, or have no head, are compared by their bytes', () => {
    const cut = (content: string) => typed('multipart/form-data; boundary=a', `--a\r\n\r\n${content}`);
    assert.deepEqual(placesOf(pairOf(cut('x'), cut('y'))), ['body: value']);
    assert.deepEqual(placesOf(pairOf(cut('x'), cut('x '))), ['body: length']);
  });
  it('of more parts than are read, or too deep in one, can not be compared', () => {
    const many = (last: string) =>
      form('a', ...Array.from({ length: 1001 }, (): [string, string] => ['name="t"', last]));
    assert.match(String(placesOf(pairOf(many('1'), many('2')))), /too large: over 1000 parts/);
    const deep = (n: number) =>
      form('a', [file('a', 'application/json'), '['.repeat(300) + n + ']'.repeat(300)]);
    assert.match(String(placesOf(pairOf(deep(1), deep(2)))), /too deep/);
  });
  it('hide their secrets: fields that are named like secrets, and hashes of what is short', () => {
    const { headers, body } = form('a', ['name="password"', 'hunter2'], [file('a', 'image/png'), '7']);
    const read = readBody(headers, body, defaultCompareLimits);
    assert.ok(read.ok && read.body.kind === 'parts');
    const hidden = redactBody(read.body, createRedactor(bytes('key')), []);
    const text = hidden.kind === 'parts' ? writeJson(hidden.value, 'line', 1000) : '';
    assert.match(text, /"password": ?"‹redacted:.{8}›".*"digest": ?"‹redacted:.{8}›"/);
  });
  it('of other parts differ', () => {
    const pair = pairOf(
      typed('multipart/mixed; boundary=aaa', body('aaa', 'x')),
      typed('multipart/mixed; boundary=bbb', body('bbb', 'y')),
    );
    assert.deepEqual(placesOf(pair), ['body:/0/content value']);
  });
});

describe('bodies too large to keep', () => {
  const hashed = (body: string, rest: Partial<HashedAnswer> = {}): HashedAnswer => ({
    outcome: 'hashed',
    status: 200,
    headers: ['Content-Type', 'application/pdf'],
    sha256: createHash('sha256').update(body).digest('hex'),
    bytes: body.length,
    detail: 'over 4 bytes',
    durationMs: 1,
    ...rest,
  });
  const places = (monolith: Answer, service: Answer) => placesOf(pairOf(monolith, service));

  it('of the same hash agree', () => assert.deepEqual(places(hashed('large'), hashed('large')), []));
  it('of the same length and another hash: a value', () =>
    assert.deepEqual(places(hashed('large'), hashed('lerge')), ['body: value']));
  it('of another length: a length', () =>
    assert.deepEqual(places(hashed('large'), hashed('larger')), ['body: length']));
  it('and one that was kept are compared by hash', () => {
    assert.deepEqual(places(hashed('large'), typed('application/pdf', 'large')), []);
    assert.deepEqual(places(typed('application/pdf', 'small'), hashed('large')), ['body: value']);
  });
  it('status and headers are compared as ever', () => {
    const other = hashed('large', { status: 201, headers: ['Content-Type', 'text/plain', 'X-A', '1'] });
    assert.deepEqual(places(hashed('large'), other), [
      'status value',
      'header:content-type value',
      'header:x-a extra',
    ]);
  });
  it('encoded on one side alone are incomparable', () => {
    const gzip = hashed('large', {
      headers: ['Content-Type', 'application/pdf', 'Content-Encoding', 'gzip'],
    });
    assert.match(
      String(places(hashed('large'), gzip)),
      /^monolith too large to decode.*; service too large to decode/,
    );
  });
});
