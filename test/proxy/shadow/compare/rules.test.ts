import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CompareRules } from '../../../../proxy/routing/model.ts';
import { defaultCompareLimits } from '../../../../proxy/shadow/compare/limits.ts';
import { timeOf } from '../../../../proxy/shadow/compare/tolerance.ts';
import { compileJob, examineWithRules } from '../../../../proxy/shadow/comparer-job.ts';
import { createRedactor } from '../../../../proxy/shadow/redact.ts';
import { answer, bytes, jsonAnswer, jsonPlaces, noRules, pairOf, placesOf } from '../sample-pair.ts';
import { placesIn } from './typed-answers.ts';

describe('times that are tolerated', () => {
  const rules = { tolerate: [{ at: 'body:/at', withinMs: 1000 }] };
  const cases: [monolith: unknown, service: unknown, agree: boolean][] = [
    ['2026-11-24T10:00:00Z', '2026-11-24T10:00:01.000Z', true],
    ['2026-11-24T10:00:00Z', '2026-11-24T11:00:00+01:00', true],
    ['2026-11-24T10:00:00Z', '2026-11-24T10:00:01.001Z', false],
    ['2026-11-24T10:00:00Z', 'Tue, 24 Nov 2026 10:00:01 GMT', false],
    ['Tue, 24 Nov 2026 10:00:00 GMT', 'Tue, 24 Nov 2026 10:00:01 GMT', true],
    [1_764_000_000, 1_764_000_001, true],
    [1_764_000_000_000, 1_764_000_000_999, true],
    [1_764_000_000, 1_764_000_002, false],
    [1_764_000_000, 1_764_000_000_500, false],
    ['yesterday', 'today', false],
    [null, '2026-11-24T10:00:00Z', false],
  ];
  for (const [monolith, service, agree] of cases) {
    it(`${monolith} and ${service} within a second: ${agree ? 'agree' : 'differ'}`, () => {
      assert.equal(jsonPlaces({ at: monolith }, { at: service }, rules).length === 0, agree);
    });
  }
  it('a time in every element, one element taken out', () => {
    const of = (...items: [number, string][]) => items.map(([id, at]) => ({ id, at }));
    const one = of([1, '2026-11-24T10:00:00Z'], [2, '2026-11-24T10:00:05Z'], [3, '2026-11-24T10:00:09Z']);
    const other = of([1, '2026-11-24T10:00:01Z'], [3, '2026-11-24T10:00:10Z']);
    assert.deepEqual(jsonPlaces(one, other, { tolerate: [{ at: 'body:/*/at', withinMs: 1000 }] }), [
      'body:/1 missing',
    ]);
  });
  it('in a header', () => {
    const headers = (time: string) => answer({ headers: ['X-Until', time] });
    const pair = pairOf(headers('2026-11-24T10:00:00Z'), headers('2026-11-24T10:00:01Z'));
    assert.deepEqual(placesOf(pair, { tolerate: [{ at: 'header:x-until', withinMs: 5000 }] }), []);
  });
  it('what is no time is none', () => assert.equal(timeOf(`${'2'.repeat(100_000)}`), undefined));
});

describe('texts that are mapped', () => {
  const map = (at: string, pattern: string, to = '', side: 'monolith' | 'service' | 'both' = 'both') => ({
    map: [{ at, pattern, to, side }],
  });
  it('what a pattern matches is a constant on both sides', () => {
    const rules = map('body:/link', 'token=[^&]+', 'token=*');
    assert.deepEqual(jsonPlaces({ link: '/a?token=1&b' }, { link: '/a?token=2&b' }, rules), []);
    assert.deepEqual(jsonPlaces({ link: '/a?token=1&b' }, { link: '/a?token=2&c' }, rules), [
      'body:/link value',
    ]);
  });
  it('on one side alone', () => {
    const rules = map('body:/id', '^legacy-', '', 'monolith');
    assert.deepEqual(jsonPlaces({ id: 'legacy-7' }, { id: '7' }, rules), []);
    assert.deepEqual(jsonPlaces({ id: '7' }, { id: 'legacy-7' }, rules), ['body:/id value']);
  });
  it('in every element, one of them moved', () => {
    const items = (nonce: string, ...ids: number[]) =>
      ids.map((id) => ({ id, link: `/x/${id}?n=${nonce}${id}` }));
    const rules = map('body:/*/link', 'n=.*', 'n');
    assert.deepEqual(jsonPlaces(items('a', 1, 2, 3, 4), items('b', 2, 3, 4, 1), rules), ['body: order']);
  });
  it('in headers, markup and lines', () => {
    const pair = (value: string) => answer({ headers: ['X-Trace', value] });
    assert.deepEqual(placesOf(pairOf(pair('a-1'), pair('a-2')), map('header:x-trace', '\\d+', 'n')), []);
    assert.deepEqual(
      placesIn('text/html', '<p data-v="1">x1</p>', '<p data-v="2">x2</p>', {
        map: [
          { at: 'body:/p', pattern: '\\d', to: '', side: 'both' },
          { at: 'body:/p/@data-v', pattern: '\\d', to: '', side: 'both' },
        ],
      }),
      [],
    );
    assert.deepEqual(placesIn('text/plain', 'a\nrun 1', 'a\nrun 2', map('body:', 'run \\d', 'run')), []);
  });
  it('a text too long to match in is not mapped, and differs', () => {
    const long = (end: string) => ({ link: 'a'.repeat(10_000) + end });
    assert.deepEqual(jsonPlaces(long('1'), long('2'), map('body:/link', '\\d$')), ['body:/link value']);
  });
});

describe('ids that either side gives', () => {
  const rules = { map: [{ at: 'body:/id', ids: true }] } as const satisfies Partial<CompareRules>;
  const created = (id: string, more: object = {}) =>
    jsonAnswer(
      { id, self: `/orders/${id}?full=1`, note: `Order ${id} is paid.`, [id]: [id], ...more },
      {
        headers: ['Location', `/orders/${id}`],
      },
    );
  it('are equal wherever else they stand: in paths, keys, texts and Location', () => {
    assert.deepEqual(placesOf(pairOf(created('ord-1001'), created('8f14e45f')), rules), []);
  });
  it('do not hide that another id stands somewhere', () => {
    const pair = pairOf(created('ord-1001', { ref: 'ord-1001' }), created('8f14e45f', { ref: 'ord-9999' }));
    assert.deepEqual(placesOf(pair, rules), ['body:/ref value']);
  });
  it('that are short count in paths alone, so that no other number becomes equal', () => {
    const pair = pairOf(
      jsonAnswer({ id: 1, self: '/orders/1', count: 1 }),
      jsonAnswer({ id: 2, self: '/orders/2', count: 2 }),
    );
    assert.deepEqual(placesOf(pair, rules), ['body:/count value']);
  });
  it('of elements, some of them twice', () => {
    const list = (prefix: string) => ({
      items: [1, 2, 3].map((n) => ({ id: `${prefix}${n}${n}${n}`, name: `n${n}` })),
      first: `${prefix}111`,
    });
    const ofItems = { map: [{ at: 'body:/items/*/id', ids: true as const }] };
    assert.deepEqual(jsonPlaces(list('a-'), list('b-'), ofItems), []);
    assert.deepEqual(jsonPlaces(list('a-'), { ...list('b-'), first: 'b-222' }, ofItems), [
      'body:/first value',
    ]);
  });
  it('of one pair are unknown in the next', () => {
    assert.deepEqual(placesOf(pairOf(created('ord-1001'), created('8f14e45f')), rules), []);
    assert.deepEqual(jsonPlaces({ ref: 'ord-1001' }, { ref: '8f14e45f' }, rules), ['body:/ref value']);
  });
});

describe('which rules mattered', () => {
  const migration = {
    id: 'catalog',
    rulesHash: 'r',
    shadow: {
      compare: {
        ignore: ['body:/at', 'body:/never', 'header:etag', 'status'],
        unordered: [{ at: 'body:/list', key: undefined }],
        tolerate: [{ at: 'body:/price', within: 0.1 }],
      },
      redact: [],
    },
    routes: [{ id: 'GET /api/products', compare: { ...noRules, ignore: ['body:/own'] } }],
  };
  const job = compileJob(migration, createRedactor(bytes('key')), defaultCompareLimits);
  const matteringIn = (monolith: object, service: object, route = 'GET /api/products') => {
    const pair = { ...pairOf(jsonAnswer(monolith), jsonAnswer(service)), route };
    const { mattered, compared } = examineWithRules(pair, job);
    return [compared.outcome, mattered?.map((index) => job.allRules[index]!.text)];
  };
  it('those without which the pair would differ', () => {
    assert.deepEqual(matteringIn({ at: 1, price: 1, n: 1 }, { at: 2, price: 1.05, n: 1 }), [
      'agreed',
      ['ignore body:/at', 'tolerate body:/price within 0.1'],
    ]);
    assert.deepEqual(matteringIn({ list: [1, 2] }, { list: [2, 1] }), ['agreed', ['unordered body:/list']]);
  });
  it('none where what they are for is the same', () => {
    assert.deepEqual(matteringIn({ at: 1, list: [1, 2] }, { list: [1, 2], at: 1 }), ['agreed', []]);
  });
  it("a route's own rules hold for that route", () => {
    assert.deepEqual(matteringIn({ own: 1 }, { own: 2 }), [
      'agreed',
      ['GET /api/products: ignore body:/own'],
    ]);
    assert.deepEqual(matteringIn({ own: 1 }, { own: 2 }, 'GET /other'), ['differed', []]);
  });
  it('of answers of the same bytes nothing is said', () => {
    assert.deepEqual(matteringIn({ at: 1 }, { at: 1 }), ['agreed', undefined]);
  });
  it('a rule inside an array counts though its elements are the same under it', () => {
    const inner = compileJob(
      { ...migration, routes: [], shadow: { compare: { ...noRules, ignore: ['body:/*/at'] }, redact: [] } },
      createRedactor(bytes('key')),
      defaultCompareLimits,
    );
    const pair = pairOf(jsonAnswer([{ at: 1 }, { at: 1 }]), jsonAnswer('[{"at":2},{"at":3}]'));
    assert.deepEqual(examineWithRules(pair, inner).mattered, [0]);
  });
});
