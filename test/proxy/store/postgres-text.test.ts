import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { canonicalJson, postgresText } from '../../../proxy/store/postgres-text.ts';

describe('postgresText', () => {
  const cases: [what: string, text: string, stored: string][] = [
    ['plain text stays', 'päir 🌳', 'päir 🌳'],
    ['a NUL is written out', 'a\0b', 'a\\u0000b'],
    ['a lone high surrogate is written out', 'a\ud83cb', 'a\\ud83cb'],
    ['a lone low surrogate is written out', '\udf33', '\\udf33'],
    ['a pair between two lone halves stays', '\udf33🌳\ud83c', '\\udf33🌳\\ud83c'],
  ];
  for (const [what, text, stored] of cases) {
    test(what, () => assert.equal(postgresText(text), stored));
  }
});

describe('canonicalJson', () => {
  const cases: [what: string, value: unknown, json: string][] = [
    ['keys are sorted at every depth', { b: { d: 1, c: 2 }, a: [] }, '{"a":[],"b":{"c":2,"d":1}}'],
    ['array order stays', [3, 1, 2], '[3,1,2]'],
    ['absent members are left out', { a: undefined, b: null }, '{"b":null}'],
    ['texts are storable, keys too', { '\0': '\ud800' }, '{"\\\\u0000":"\\\\ud800"}'],
    ['a key __proto__ is data', JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
  ];
  for (const [what, value, json] of cases) {
    test(what, () => assert.equal(canonicalJson(value), json));
  }
});
