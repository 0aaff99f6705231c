import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { suggestRules } from '../../dashboard/src/differences/rule-lines.ts';
import type { Kind } from '../../proxy/admin/api-types.ts';

const about = (place: string, kind: Kind = 'value') => ({ migration: 'catalog', place, kind });
const differences = (...values: [string, string][]) =>
  values.map(([monolith, service], index) => ({
    place: `body:/items/${index}/price`,
    pattern: 'body:/items/*/price',
    kind: 'value' as const,
    monolith,
    service,
    signature: 's',
  }));
const rulesOf = (lines: string) => parse(lines).migrations.catalog.shadow.compare;

test('numbers that differ suggest a tolerance that holds the widest of them', () => {
  const price = about('body:/items/*/price');
  for (const [values, within] of [
    [[['12.35', '12.34']], 0.01],
    [
      [
        ['146.99', '147'],
        ['2232.33', '2232.3'],
      ],
      0.03,
    ],
    [[['10', '17.2']], 8],
  ] as [[string, string][], number][]) {
    const [first] = suggestRules(price, differences(...values));
    assert.deepEqual(rulesOf(first!.lines), { tolerate: [{ at: 'body:/items/*/price', within }] });
  }
});

test('what is no number suggests to ignore the place, an order to ignore the order first', () => {
  const text = suggestRules(about('body:/items/*/price'), differences(['"a"', '"b"']));
  assert.deepEqual(
    text.map(({ lines }) => rulesOf(lines)),
    [{ ignore: ['body:/items/*/price'] }],
  );
  const [order] = suggestRules(about('body:/items', 'order'), []);
  assert.deepEqual(rulesOf(order!.lines), { unordered: [{ at: 'body:/items', key: '/id' }] });
});

test('a name from traffic is quoted such that YAML reads it back as it was', () => {
  for (const place of [
    'body:/a, b]',
    'body:/"x": {',
    'body:/\u2028\u0085\u202e',
    'header:#x',
    'body:/a\\n',
  ]) {
    const [rule] = suggestRules(about(place), []);
    assert.deepEqual(rulesOf(rule!.lines), { ignore: [place] });
    assert.doesNotMatch(rule!.lines, /[\u2028\u0085\u202e]/);
  }
});
