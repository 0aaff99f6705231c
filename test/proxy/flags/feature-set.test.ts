import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readFeatureSet } from '../../../proxy/flags/feature-set.ts';

const feature = { name: 'a.serve', enabled: true, strategies: [] };

describe('what is no feature set is refused with its place', () => {
  const cases: [string, unknown, string | RegExp][] = [
    ['nothing', null, /expected object/],
    ['a text', 'hello', /expected object/],
    ['a list', [], /expected object/],
    ['no features', { version: 2 }, /^features: .*expected array/],
    ['features that are a mapping', { features: {} }, /^features: .*expected array/],
    ['a feature without a name', { features: [{ ...feature, name: '' }] }, /^features\[0\]\.name: /],
    ['enabled as a text', { features: [{ ...feature, enabled: 'yes' }] }, /^features\[0\]\.enabled: /],
    ['no strategies', { features: [{ name: 'a', enabled: true }] }, /^features\[0\]\.strategies: /],
    [
      'constraint values that are numbers',
      { features: [{ ...feature, strategies: [{ name: 'default', constraints: [{ values: [1] }] }] }] },
      /^features\[0\]\.strategies\[0\]\.constraints\[0\]\.values\[0\]: /,
    ],
    [
      'parameters that are mappings',
      { features: [{ ...feature, strategies: [{ name: 'flexibleRollout', parameters: { rollout: {} } }] }] },
      /^features\[0\]\.strategies\[0\]\.parameters\.rollout: /,
    ],
    ['segments without an id', { features: [], segments: [{ constraints: [] }] }, /^segments\[0\]\.id: /],
    ['a flag twice', { features: [feature, feature] }, 'has the flag "a.serve" twice'],
    [
      'a segment twice',
      { features: [], segments: [7, 7].map((id) => ({ id, constraints: [] })) },
      'has the segment 7 twice',
    ],
  ];
  for (const [name, value, expected] of cases) {
    test(name, () => {
      const read = readFeatureSet(value);
      assert.ok(!read.ok);
      if (typeof expected === 'string') assert.ok(read.problems.includes(expected));
      else
        assert.ok(
          read.problems.some((problem) => expected.test(problem)),
          read.problems.join(),
        );
    });
  }
});

test('what is left out gets its default, what is unknown is kept', () => {
  const strategy = {
    name: 'flexibleRollout',
    constraints: [{ contextName: 'a', operator: 'IN' }],
    title: 't',
  };
  const read = readFeatureSet({ features: [{ ...feature, strategies: [strategy], project: 'default' }] });
  assert.ok(read.ok);
  assert.deepEqual(read.set, {
    version: 2,
    features: [
      {
        ...feature,
        project: 'default',
        strategies: [
          {
            name: 'flexibleRollout',
            title: 't',
            parameters: {},
            constraints: [{ contextName: 'a', operator: 'IN', values: [], inverted: false }],
          },
        ],
      },
    ],
    segments: [],
  });
});

test('names of the prototype are names like others', () => {
  const read = readFeatureSet(
    JSON.parse(
      '{"__proto__":{"polluted":1},"features":[{"name":"__proto__","enabled":true,"strategies":[]}]}',
    ),
  );
  assert.ok(read.ok);
  assert.equal(read.set.features[0]!.name, '__proto__');
  assert.equal(Reflect.get({}, 'polluted'), undefined);
});
