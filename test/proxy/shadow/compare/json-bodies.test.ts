import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CompareRules } from '../../../../proxy/routing/model.ts';
import { jsonPlaces } from '../sample-pair.ts';

type Case = [
  what: string,
  monolith: unknown,
  service: unknown,
  differences: string[],
  rules?: Partial<CompareRules>,
];

const cases: Case[] = [
  ['keys in another order agree', '{"a":1,"b":2}', '{"b":2, "a":1}', []],
  ['a changed value is a value', { a: { b: 1 } }, { a: { b: 2 } }, ['body:/a/b value']],
  ['a member the service lacks is missing', { a: 1, b: null }, { a: 1 }, ['body:/b missing']],
  ['a member the monolith lacks is extra', { a: 1 }, { a: 1, b: 2 }, ['body:/b extra']],
  ['a number that became a string is a type', { a: 1 }, { a: '1' }, ['body:/a type']],
  ['null and an object are of two types', { a: null }, { a: {} }, ['body:/a type']],
  ['an array and an object are of two types', { a: [] }, { a: {} }, ['body:/a type']],
  ['whole bodies of two types differ at the root', [], {}, ['body: type']],
  ['keys with slash and tilde are escaped', { 'a/b~c': 1 }, { 'a/b~c': 2 }, ['body:/a~1b~0c value']],
  ['numbers of equal value agree', '[1.0, 100, -0.5, 1E2]', '[1, 1e2, -5e-1, 100.00]', []],
  ['numbers beyond 2^53 are told apart', '[9007199254740993]', '[9007199254740992]', ['body:/0 value']],
  ['zero and minus zero are told apart', '[0]', '[-0.0]', ['body:/0 value']],
  ['numbers beyond doubles are told apart', '[1e400]', '[1e401]', ['body:/0 value']],
  ['a key given twice differs from one given once', '{"a":1,"a":2}', '{"a":2}', ['body:/a length']],
  ['keys given twice alike agree', '{"a":1,"a":2}', '{"a":1,"a":2}', []],
  ['of keys given twice each value counts', '{"a":1,"a":2}', '{"a":3,"a":2}', ['body:/a value']],
  ['__proto__ is a key', '{"__proto__":{"x":1}}', '{"__proto__":{"x":2}}', ['body:/__proto__/x value']],
  ['a missing __proto__ is missing', '{"__proto__":1}', '{}', ['body:/__proto__ missing']],
  ['constructor is a key', '{}', '{"constructor":1}', ['body:/constructor extra']],
  ['escaped and plain text agree', '["\\u0041\\/"]', '["A/"]', []],
  ['an element put in front is one extra', [1, 2, 3], [0, 1, 2, 3], ['body:/0 extra']],
  ['an element taken out is one missing', [1, 2, 3], [1, 3], ['body:/1 missing']],
  ['an element changed is one value', [1, 2, 3], [1, 9, 3], ['body:/1 value']],
  ['an element moved is one order', { a: [1, 2, 3, 4] }, { a: [2, 3, 4, 1] }, ['body:/a order']],
  ['a reversed array is one order', [1, 2, 3, 4, 5], [5, 4, 3, 2, 1], ['body: order']],
  [
    'equal elements between others stay where they are',
    [9, 1, 1, 8],
    [7, 1, 1, 8, 6],
    ['body:/0 value', 'body:/4 extra'],
  ],
  [
    'one put in front and one taken off the end',
    [1, 2, 3, 3, 4],
    [0, 1, 2, 3, 3],
    ['body:/4 missing', 'body:/0 extra'],
  ],
  ['two elements swapped are one order', [1, 2, 3, 4, 5], [1, 4, 3, 2, 5], ['body: order']],
  ['one of many equal elements is found', Array(50).fill(7), Array(49).fill(7), ['body:/49 missing']],
  [
    'an element taken out and a field changed in all others',
    [1, 2, 3, 4].map((id) => ({ id, name: `n${id}`, price: id })),
    [1, 2, 4].map((id) => ({ id, name: `n${id}`, price: id + 0.5 })),
    ['body:/0/price value', 'body:/1/price value', 'body:/3/price value', 'body:/2 missing'].toSorted(),
  ],
  [
    'many elements that one side lacks are one length',
    Array.from({ length: 40 }, (_, id) => id),
    [0, 1],
    ['body: length'],
  ],
  ['an ignored place', { a: 1, b: 1 }, { a: 2, b: 1 }, [], { ignore: ['body:/a'] }],
  ['all below an ignored place', { a: { b: [1] } }, { a: { b: [2, 3] } }, [], { ignore: ['body:/a'] }],
  ['the whole body ignored', { a: 1 }, [], [], { ignore: ['body:'] }],
  [
    'what lies beside an ignored place',
    { a: 1, ab: 1 },
    { a: 2, ab: 2 },
    ['body:/ab value'],
    { ignore: ['body:/a'] },
  ],
  ['an ignored member that one side lacks', { a: 1 }, {}, [], { ignore: ['body:/a'] }],
  [
    'an ignored field in every element, one taken out',
    [
      { id: 1, at: 1 },
      { id: 2, at: 2 },
      { id: 3, at: 3 },
    ],
    [
      { id: 2, at: 8 },
      { id: 3, at: 9 },
    ],
    ['body:/0 missing'],
    { ignore: ['body:/*/at'] },
  ],
  ['an ignored index', [1, 2], [3, 4], ['body:/1 value'], { ignore: ['body:/0'] }],
  [
    'keys that are ids, ignored by pattern',
    { 'P-00017': { a: 1 } },
    { 'P-00017': { a: 2 } },
    [],
    { ignore: ['body:/{id}/a'] },
  ],
  [
    'any order without key',
    { a: [1, 2, 3] },
    { a: [3, 1, 2] },
    [],
    { unordered: [{ at: 'body:/a', key: undefined }] },
  ],
  [
    'any order by key, one field changed',
    [
      { sku: 'a', n: 1 },
      { sku: 'b', n: 2 },
    ],
    [
      { sku: 'b', n: 2 },
      { sku: 'a', n: 9 },
    ],
    ['body:/0/n value'],
    { unordered: [{ at: 'body:', key: '/sku' }] },
  ],
  [
    'any order by key, other keys',
    [{ sku: 'a' }],
    [{ sku: 'b' }],
    ['body:/0 missing', 'body:/0 extra'],
    { unordered: [{ at: 'body:', key: '/sku' }] },
  ],
  [
    'any order, but not as often',
    [1, 1, 2],
    [1, 2, 2],
    ['body:/1 value'],
    { unordered: [{ at: 'body:', key: undefined }] },
  ],
  [
    'any order without key, one field changed',
    [
      { a: 1, b: 2, c: 3 },
      { a: 4, b: 5, c: 6 },
    ],
    [
      { a: 4, b: 5, c: 7 },
      { a: 1, b: 2, c: 3 },
    ],
    ['body:/1/c value'],
    { unordered: [{ at: 'body:', key: undefined }] },
  ],
  [
    'exactly as far as tolerated',
    '{"p":1.10}',
    '{"p":1.09}',
    [],
    { tolerate: [{ at: 'body:/p', within: 0.01 }] },
  ],
  [
    'further than tolerated',
    '{"p":1.10}',
    '{"p":1.08}',
    ['body:/p value'],
    { tolerate: [{ at: 'body:/p', within: 0.01 }] },
  ],
  [
    'big numbers are tolerated exactly',
    '[10000000000000001]',
    '[10000000000000003]',
    ['body:/0 value'],
    { tolerate: [{ at: 'body:/*', within: 1 }] },
  ],
  [
    'tolerated, in an array of which one is taken out',
    '[{"p":1.01},{"p":2,"x":1}]',
    '[{"p":2.001,"x":1}]',
    ['body:/0 missing'],
    { tolerate: [{ at: 'body:/*/p', within: 0.01 }] },
  ],
  [
    'moved and no more within tolerance',
    '[{"i":1,"p":1},{"i":2},{"i":3}]',
    '[{"i":2},{"i":3},{"i":1,"p":5}]',
    ['body:/0/p value', 'body: order'],
    { tolerate: [{ at: 'body:/*/p', within: 1 }] },
  ],
];

describe('two JSON bodies', () => {
  for (const [what, monolith, service, differences, rules] of cases) {
    it(`${what}: ${differences.join(', ') || 'agree'}`, () => {
      const found = jsonPlaces(monolith, service, rules);
      assert.deepEqual(what.includes('taken out and') ? [...found].sort() : found, differences);
    });
  }
});
