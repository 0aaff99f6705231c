import assert from 'node:assert/strict';

import { test } from 'node:test';
import { findToken } from '../../../../proxy/admin/login/find-token.ts';
import { readTokenFile } from '../../../../proxy/admin/login/token-file.ts';
import { hashOf } from './hash-of.ts';

const entry = (name: string, more = '') =>
  `  - { name: ${name}, role: operator, sha256: ${hashOf(name)}${more} }\n`;

test('a good file is read, its tokens are found by what they hash to', () => {
  const tokens = readTokenFile('t.yaml', `tokens:\n${entry('ci')}${entry('ops')}`);
  assert.deepEqual(findToken(tokens, 'ops', 0), { name: 'ops', role: 'operator', sha256: hashOf('ops') });
  assert.equal(findToken(tokens, 'opsx', 0), undefined);
  assert.equal(findToken(tokens, hashOf('ops'), 0), undefined);
});

test('a token has a last day, it is good through that day and not after it', () => {
  const tokens = readTokenFile('t.yaml', `tokens:\n${entry('ci', ', expires: 2026-11-24')}`);
  assert.ok(findToken(tokens, 'ci', Date.parse('2026-11-24T23:59:59Z')));
  assert.equal(findToken(tokens, 'ci', Date.parse('2026-11-25T00:00:00Z')), undefined);
});

const refused: [what: string, text: string, problem: RegExp][] = [
  ['is no YAML', 'tokens: [', /is no YAML/],
  ['has an alias bomb', 'tokens: &a [*a]', /is no YAML/],
  ['has no list', 'token: []', /tokens/],
  ['has a token in the clear', 'tokens: [{name: a, role: qa, token: x}]', /sha256/],
  [
    'has a role that is none',
    `tokens: [{name: a, role: boss, sha256: ${hashOf('a')}}]`,
    /tokens\.0\.role: must be one of/,
  ],
  [
    'has a hash in capitals',
    `tokens: [{name: a, role: qa, sha256: ${hashOf('a').toUpperCase()}}]`,
    /64 lower-case/,
  ],
  [
    'has a name with a line end',
    `tokens: [{name: "a\\nb", role: qa, sha256: ${hashOf('a')}}]`,
    /letters, digits/,
  ],
  ['has a name twice', `tokens:\n${entry('ci')}${entry('ci')}`, /ci is there twice/],
];
for (const [what, text, problem] of refused) {
  test(`a tokens file ${what}, it is refused with the reason`, () => {
    assert.throws(() => readTokenFile('t.yaml', text), { message: problem });
  });
}
