import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { comparePair } from '../../../../proxy/shadow/compare/compare-pair.ts';
import type { Answer } from '../../../../proxy/shadow/pair.ts';
import { answer, bytes, jsonAnswer, pairOf, placesOf, settingsOf } from '../sample-pair.ts';

function typed(type: string, body: string | Uint8Array, encoding?: string): Answer {
  const headers = ['Content-Type', type, ...(encoding ? ['Content-Encoding', encoding] : [])];
  return answer({ headers, body: typeof body === 'string' ? bytes(body) : body });
}

function differencesOf(monolith: Answer, service: Answer) {
  const comparison = comparePair(pairOf(monolith, service), settingsOf());
  assert.equal(comparison.outcome, 'compared');
  return comparison.outcome === 'compared' ? comparison.differences : [];
}

describe('bodies by type', () => {
  const seen = (found: ReturnType<typeof differencesOf>) =>
    found.map(({ place, pattern, kind, monolith, service }) => [place, pattern, kind, monolith, service]);

  it('text is compared line by line', () => {
    const found = differencesOf(typed('text/csv', 'a\nb\nc'), typed('text/csv', 'a\nx\nc'));
    assert.deepEqual(seen(found), [['body:/1', 'body:/*', 'value', 'line 2: b', 'line 2: x']]);
  });

  it('a line put in is one difference, a line moved another one', () => {
    const text = typed('text/plain', 'a\nb\nc\nd\ne');
    assert.deepEqual(seen(differencesOf(text, typed('text/plain', 'a\nnew\nb\nc\nd\ne'))), [
      ['body:/1', 'body:/*', 'extra', undefined, 'line 2: new'],
    ]);
    assert.deepEqual(seen(differencesOf(text, typed('text/plain', 'b\nc\nd\na\ne'))), [
      ['body:', 'body:', 'order', 'line 1: a', 'line 4: a'],
    ]);
  });

  it('text of one long line shows what is around the first character that differs', () => {
    const before = 'a'.repeat(5000);
    const [found] = differencesOf(typed('text/css', `${before}1`), typed('text/css', `${before}2`));
    assert.equal(found?.service, `line 1: …${'a'.repeat(60)}2`);
  });

  it('line ends of two systems are no difference', () => {
    assert.deepEqual(placesOf(pairOf(typed('text/plain', 'a\r\nb'), typed('text/plain', 'a\nb'))), []);
  });

  it('JSON sent as text/html is compared as JSON', () => {
    const pair = pairOf(typed('text/html', '{"a":1,"b":2}'), typed('text/html', '{"b":2, "a":3}'));
    assert.deepEqual(placesOf(pair), ['body:/a value']);
  });

  it('problem+json is JSON', () => {
    const type = 'application/problem+json';
    assert.deepEqual(placesOf(pairOf(typed(type, '{"a":1}'), typed(type, '{"a":2}'))), ['body:/a value']);
  });

  it('other bytes of the same length: a value', () => {
    assert.deepEqual(placesOf(pairOf(typed('image/png', 'abc'), typed('image/png', 'abd'))), ['body: value']);
  });

  it('other bytes of another length: a length', () => {
    assert.deepEqual(placesOf(pairOf(typed('image/png', 'abc'), typed('image/png', 'ab'))), ['body: length']);
  });

  it('a body that only the monolith has: missing', () => {
    assert.deepEqual(placesOf(pairOf(jsonAnswer({ a: 1 }), jsonAnswer(''))), ['body: missing']);
  });

  it('a body that only the service has: extra', () => {
    assert.deepEqual(placesOf(pairOf(jsonAnswer(''), jsonAnswer({ a: 1 }))), ['body: extra']);
  });

  it('no body on both sides agrees, whatever type is said', () => {
    assert.deepEqual(placesOf(pairOf(jsonAnswer(''), jsonAnswer(''))), []);
  });

  it('JSON and a page: a type', () => {
    const pair = pairOf(jsonAnswer({ a: 1 }), typed('text/html', '<h1>Oops</h1>'));
    assert.deepEqual(placesOf(pair), ['header:content-type value', 'body: type']);
  });

  it('what says to be JSON and is not: a type, and the text says where it breaks', () => {
    const [found] = differencesOf(jsonAnswer({ a: 1 }), jsonAnswer('{"a":\n 1,}'));
    assert.equal(found?.kind, 'type');
    assert.match(found?.service ?? '', /^not JSON \(line 2, column 4: a key is expected\), 10 bytes/);
  });

  it('JSON with a byte order mark is not JSON', () => {
    assert.deepEqual(placesOf(pairOf(jsonAnswer('{}'), jsonAnswer('\ufeff{}'))), ['body: type']);
  });

  it('text in another charset agrees when it is the same text, but for the header', () => {
    const latin = Uint8Array.of(0x66, 0xfc, 0x72);
    const pair = pairOf(
      typed('text/plain; charset=iso-8859-1', latin),
      typed('text/plain; charset=utf-8', 'für'),
    );
    assert.deepEqual(placesOf(pair), ['header:content-type value']);
  });
});

describe('encoded bodies', () => {
  const text = JSON.stringify({ items: Array.from({ length: 100 }, (_, id) => ({ id })) });
  const encodings = [
    ['gzip', gzipSync(text)],
    ['GZIP', gzipSync(text)],
    ['br', brotliCompressSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
  ] as const;
  for (const [encoding, body] of encodings) {
    it(`${encoding} and plain agree when they decode to the same`, () => {
      const pair = pairOf(typed('application/json', body, encoding), typed('application/json', text));
      assert.deepEqual(placesOf(pair), []);
    });
  }

  it('what is not gzip is incomparable', () => {
    assert.equal(
      placesOf(pairOf(typed('text/plain', 'a', 'gzip'), typed('text/plain', 'b'))),
      'monolith not valid gzip',
    );
  });

  it('two layers and unknown encodings are incomparable', () => {
    const reason = placesOf(pairOf(typed('text/plain', 'a', 'gzip, br'), typed('text/plain', 'b', 'lzma')));
    assert.equal(
      reason,
      'monolith content-encoding gzip, br is not decoded; service content-encoding lzma is not decoded',
    );
  });

  it('a gzip bomb is incomparable, and soon', () => {
    const bomb = gzipSync(new Uint8Array(64 * 1024 * 1024));
    const started = performance.now();
    const reason = placesOf(pairOf(typed('text/plain', 'a'), typed('text/plain', bomb, 'gzip')));
    assert.equal(reason, 'service too large: over 8388608 bytes when decoded');
    assert.ok(performance.now() - started < 2000);
  });

  it('a small body that swells beyond the ratio is incomparable', () => {
    const small = gzipSync(new Uint8Array(2 * 1024 * 1024));
    const reason = placesOf(pairOf(typed('text/plain', 'a'), typed('text/plain', small, 'gzip')));
    assert.match(String(reason), /^service too large: over \d+ bytes when decoded$/);
  });
});

describe('bodies beyond the limits', () => {
  it('100,000 levels of JSON are too deep', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    assert.equal(
      placesOf(pairOf(jsonAnswer(deep), jsonAnswer([]))),
      'monolith too deep: over 200 levels of JSON',
    );
  });

  it('200 levels of JSON are compared', () => {
    const nested = (inner: string) => `${'{"a":'.repeat(200)}${inner}${'}'.repeat(200)}`;
    const [found] = placesOf(pairOf(jsonAnswer(nested('1')), jsonAnswer(nested('2'))));
    assert.match(found ?? '', /^body:(\/a){200} value$/);
  });

  it('a million keys are too large', () => {
    const keys = Array.from({ length: 300_000 }, (_, key) => `"k${key}":0`);
    const reason = placesOf(pairOf(jsonAnswer(`{${keys}}`), jsonAnswer({})));
    assert.equal(reason, 'monolith too large: over 200000 JSON values');
  });

  it('50 MB are too large', () => {
    const reason = placesOf(pairOf(jsonAnswer([]), answer({ body: new Uint8Array(50_000_000) })));
    assert.equal(reason, 'service too large: 50000000 bytes, over 8388608');
  });

  it('no complete answer is incomparable with the reason', () => {
    const late: Answer = { outcome: 'timed-out', detail: 'over 1000 ms', durationMs: 1000 };
    const refused: Answer = { outcome: 'failed', detail: 'connect ECONNREFUSED', durationMs: 1 };
    assert.equal(placesOf(pairOf(jsonAnswer({}), late)), 'service timed-out: over 1000 ms');
    assert.equal(
      placesOf(pairOf(refused, late)),
      'monolith failed: connect ECONNREFUSED; service timed-out: over 1000 ms',
    );
  });

  it('a flood of differences is cut, and the last one says so', () => {
    const record = (value: number) =>
      Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`f${at}x`, value]));
    const found = differencesOf(jsonAnswer(record(1)), jsonAnswer(record(2)));
    assert.equal(found.length, 201);
    assert.equal(found.at(-1)?.place, 'differences');
    assert.equal(found.at(-1)?.service, 'over 200 differences; the others are not listed');
  });

  it('long texts are cut, and say so', () => {
    const [found] = differencesOf(jsonAnswer(['a'.repeat(10_000)]), jsonAnswer([1]));
    assert.ok((found?.monolith?.length ?? 0) < 320);
    assert.match(found?.monolith ?? '', /… <cut/);
  });

  it('a text is not cut through a character', () => {
    const [found] = differencesOf(jsonAnswer(['😀'.repeat(1000)]), jsonAnswer([1]));
    assert.ok(found?.monolith?.isWellFormed());
  });

  it('texts hold no character that steers a terminal or that Postgres refuses', () => {
    const [found] = differencesOf(
      jsonAnswer({ 'k\u0000\n': 1 }),
      jsonAnswer({ 'k\u0000\n': '\u001b[2J\u2028\ud800' }),
    );
    assert.equal(found?.place, 'body:/k\\u0000\\n');
    assert.equal(found?.service, '"\\u001b[2J\\u2028\\ud800"');
  });
});
