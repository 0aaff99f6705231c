import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alignJson } from '../../dashboard/src/differences/align-json.ts';

/** `monolith | service`, with `!` before what is not the same. */
function shown(monolith: string, service: string): string[] {
  const rows = alignJson(monolith, service) ?? [];
  return rows.map(
    ({ depth, monolith: left = '', service: right = '', isSame }) =>
      `${isSame ? '' : '!'}${' '.repeat(depth)}${left} | ${right}`,
  );
}

test('equal names stand beside each other whatever their order; what one side lacks has an empty place', () => {
  assert.deepEqual(shown('{"a":1,"b":null}', '{"c":true,"a":1}'), [
    '{ | {',
    ' "a": 1, | "a": 1,',
    '! "b": null, | ',
    '!  | "c": true',
    '} | }',
  ]);
});

test('array elements are aligned by index, and pointers are escaped', () => {
  const rows = alignJson('{"a/b":[1,2]}', '{"a/b":[1,3,4]}');
  assert.deepEqual(
    rows?.filter(({ isSame }) => !isSame).map(({ pointer }) => pointer),
    ['/a~1b/1', '/a~1b/2'],
  );
});

test('numbers keep every digit, and are unequal when they are written otherwise', () => {
  assert.deepEqual(shown('[1.10,12345678901234567890]', '[1.1,12345678901234567891]'), [
    '[ | [',
    '! 1.10, | 1.1,',
    '! 12345678901234567890 | 12345678901234567891',
    '] | ]',
  ]);
});

test('an object against a list or a text is one line', () => {
  assert.deepEqual(shown('{"a":{"b":1}}', '{"a":[1,2]}'), ['{ | {', '! "a": { 1 } | "a": [ 2 ]', '} | }']);
});

test('names that JavaScript knows itself are names as any', () => {
  assert.deepEqual(shown('{"__proto__":1,"constructor":2}', '{}'), [
    '{ | {',
    '! "__proto__": 1, | ',
    '! "constructor": 2 | ',
    '} | }',
  ]);
});

test('a hidden number stands bare in what is stored, and is no reason to give up', () => {
  assert.deepEqual(shown('{\n  "card": ‹redacted:00112233›\n}', '{\n  "card": ‹redacted:00112233›\n}'), [
    '{ | {',
    ' "card": "‹redacted:00112233›" | "card": "‹redacted:00112233›"',
    '} | }',
  ]);
});

test('what is no JSON on one side is not aligned', () => {
  assert.equal(alignJson('{"a":1}', '<html>'), undefined);
});
