import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readPattern } from '../../../proxy/config/read-pattern.ts';

describe('regular expressions of map rules', () => {
  for (const pattern of [
    '^ord-\\d+$',
    '[0-9a-f]{8}(-[0-9a-f]{4}){3}',
    '(?:GET|POST) /',
    'a+b+',
    '\\(a+\\)+',
    '[(a+)+]x',
  ])
    it(`${pattern} is taken`, () => assert.ok('value' in readPattern(pattern)));

  const refused: [pattern: string, problem: RegExp][] = [
    ['(a+)+$', /repeats what is repeated already/],
    ['(a|a)*b', /repeats what is repeated already/],
    ['((ab)*c)+', /repeats what is repeated already/],
    ['(x(y{2,}))+', /repeats what is repeated already/],
    ['(a)\\1', /refers back to a group/],
    ['(', /is no regular expression: /],
    ['a*', /also matches nothing/],
    ['a'.repeat(201), /longer than 200/],
  ];
  for (const [pattern, problem] of refused) {
    it(`${pattern.slice(0, 20)} is refused`, () => {
      const read = readPattern(pattern);
      assert.match('problem' in read ? read.problem : '', problem);
    });
  }
});
