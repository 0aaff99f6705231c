import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StickySource } from '../../../proxy/routing/model.ts';
import { cookieValue, stickyValueOf } from '../../../proxy/routing/sticky-value.ts';

const user: StickySource = { from: 'header', name: 'x-user-id' };
const claim: StickySource = { from: 'claim', name: 'sub' };
const session: StickySource = { from: 'cookie', name: 'sid' };

function valueFor(sources: StickySource[], headers: Record<string, string>): string | undefined {
  return stickyValueOf(sources, {
    header: (name) => headers[name],
    claim: (name) => headers[`claim ${name}`],
    remoteAddress: '192.0.2.7',
    random: () => 'random-1',
  });
}

describe('sticky value', () => {
  const cases: [
    name: string,
    sources: StickySource[],
    headers: Record<string, string>,
    string | undefined,
  ][] = [
    ["a verified token's claim is it", [claim, user], { 'claim sub': '9', 'x-user-id': '7' }, '9'],
    ['without such a token the next one is', [claim, user], { 'x-user-id': '7' }, '7'],
    ['a header that is there is it', [user], { 'x-user-id': '7' }, '7'],
    ['without the header there is none', [user], {}, undefined],
    ['an empty header is none', [user], { 'x-user-id': '' }, undefined],
    ['an overlong header is none', [user], { 'x-user-id': 'x'.repeat(257) }, undefined],
    ['the longest header allowed is it', [user], { 'x-user-id': 'x'.repeat(256) }, 'x'.repeat(256)],
    ['without the header the cookie is it', [user, session], { cookie: 'sid=abc' }, 'abc'],
    ['the header goes before the cookie', [user, session], { 'x-user-id': '7', cookie: 'sid=abc' }, '7'],
    [
      'the cookie goes first when named first',
      [session, user],
      { 'x-user-id': '7', cookie: 'sid=abc' },
      'abc',
    ],
    ['without any other value the address is it', [user, { from: 'ip' }], {}, '192.0.2.7'],
    ['without any other value chance decides', [user, { from: 'random' }], {}, 'random-1'],
    [
      'an ambiguous cookie leaves it to the next source',
      [session, { from: 'ip' }],
      { cookie: 'sid=a; sid=b' },
      '192.0.2.7',
    ],
    ['without sources there is none', [], { 'x-user-id': '7' }, undefined],
  ];
  for (const [name, sources, headers, expected] of cases) {
    test(name, () => assert.equal(valueFor(sources, headers), expected));
  }
});

describe('cookie value', () => {
  const cases: [name: string, header: string | undefined, cookie: string, string | undefined][] = [
    ['no Cookie header has none', undefined, 'sid', undefined],
    ['an empty Cookie header has none', '', 'sid', undefined],
    ['the only cookie is found', 'sid=abc', 'sid', 'abc'],
    ['a cookie among others is found', 'a=1; sid=abc; b=2', 'sid', 'abc'],
    ['a value with an equals sign is whole', 'sid=a=b==', 'sid', 'a=b=='],
    ['white space around is no part of it', ' a=1 ;  sid = abc ', 'sid', 'abc'],
    ['a name that ends alike is another', 'xsid=1', 'sid', undefined],
    ['a name in another case is another', 'SID=1', 'sid', undefined],
    ['a name without a value is none', 'sid', 'sid', undefined],
    ['an empty value is empty', 'sid=', 'sid', ''],
    ['the same value twice is that value', 'sid=a; sid=a', 'sid', 'a'],
    ['two different values are none', 'sid=a; sid=b', 'sid', undefined],
    [
      'two different values are none, though a third repeats the first',
      'sid=a; sid=b; sid=a',
      'sid',
      undefined,
    ],
    ['an empty value beside another is none', 'sid=; sid=b', 'sid', undefined],
    ['a value within a value is not found', 'a="x; sid=evil"', 'b', undefined],
    ['__proto__ is a name like any other', '__proto__=1', '__proto__', '1'],
    ['constructor is not found where it is not', 'a=1', 'constructor', undefined],
  ];
  for (const [name, header, cookie, expected] of cases) {
    test(name, () => assert.equal(cookieValue(header, cookie), expected));
  }

  test('the last of 1,000 cookies is found', () => {
    const others = Array.from({ length: 999 }, (_, i) => `c${i}=${i}`).join('; ');
    assert.equal(cookieValue(`${others}; sid=abc`, 'sid'), 'abc');
  });
});
