import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CompareRules } from '../../../../proxy/routing/model.ts';
import type { CompleteAnswer } from '../../../../proxy/shadow/pair.ts';
import { checkRules } from '../../../../proxy/shadow/rules-check/check-rules.ts';
import { readRecordedPair } from '../../../../proxy/shadow/rules-check/recorded-pair.ts';
import { failuresOf, renderRulesCheck } from '../../../../proxy/shadow/rules-check/render-check.ts';
import { typed } from '../compare/typed-answers.ts';
import { jsonAnswer, noRules } from '../sample-pair.ts';

function check(answer: CompleteAnswer, rules: Partial<CompareRules> = {}) {
  const compare = { ...noRules, ...rules };
  return checkRules({ id: 'catalog', rulesHash: 'r', shadow: { compare, redact: [] } }, [
    {
      migration: 'catalog',
      route: 'GET /api/products',
      request: { method: 'GET', target: '/api/products', headers: [] },
      answer,
    },
  ]);
}

const product = {
  items: [
    { sku: 'a', price: 1.5, tags: ['x', 'y'], at: 'now' },
    { sku: 'b', price: 2.5, tags: [], at: 'now' },
  ],
  total: 2,
  next: null,
  more: false,
};
const hiddenBy = (found: ReturnType<typeof check>) =>
  found.hidden.map(({ kind, place, rule }) => `${kind} ${place} ${rule}`);

describe('faults made in recorded answers', () => {
  const answers: [type: string, answer: CompleteAnswer][] = [
    [
      'JSON',
      jsonAnswer(product, {
        headers: ['ETag', '"1"', 'Cache-Control', 'no-store', 'Set-Cookie', 'a=1', 'Location', '/x'],
      }),
    ],
    ['XML', typed('application/xml', '<a x="1"><b>1</b><b>2</b><c>t</c></a>')],
    ['HTML', typed('text/html', '<ul class="x"><li>1<li>2</ul><p>a <b>b</b> c</p>')],
    ['a form', typed('application/x-www-form-urlencoded', 'a=1&b=2&b=3')],
    ['lines', typed('application/x-ndjson', '{"a":1}\n{"a":2}')],
    ['text', typed('text/plain', 'a\nb')],
    ['bytes', typed('image/png', 'abc')],
    ['no body', jsonAnswer('')],
  ];
  for (const [type, answer] of answers) {
    it(`of ${type} are all seen without rules`, () => {
      const found = check(answer);
      assert.deepEqual(found.hidden, []);
      assert.ok(found.routes[0]!.faults >= 6, String(found.routes[0]!.faults));
      assert.equal(found.routes[0]!.seen, found.routes[0]!.faults);
    });
  }

  it('an ignored place hides what happens there, and its being left out is named', () => {
    const found = check(jsonAnswer(product), { ignore: ['body:/items/*/at'] });
    assert.deepEqual(hiddenBy(found).toSorted(), [
      'missing body:/items/*/at ignore body:/items/*/at',
      'type body:/items/*/at ignore body:/items/*/at',
      'value body:/items/*/at ignore body:/items/*/at',
    ]);
    assert.deepEqual(failuresOf(found), []);
    assert.match(
      renderRulesCheck(found, 'one pair'),
      /would not be seen at\n {2}body:\/items\/\*\/at {2}missing {2}by ignore body:\/items\/\*\/at {2}GET \/api\/products/,
    );
  });

  it('arrays of any order hide their order and nothing else', () => {
    const found = check(jsonAnswer(product), { unordered: [{ at: 'body:/items', key: '/sku' }] });
    assert.deepEqual(hiddenBy(found), ['order body:/items unordered body:/items by /sku']);
  });

  it('a tolerance hides no fault of these', () => {
    assert.deepEqual(
      hiddenBy(check(jsonAnswer(product), { tolerate: [{ at: 'body:/items/*/price', within: 0.01 }] })),
      [],
    );
  });

  it('a pattern that matches everything is found out', () => {
    const map = [{ at: 'body:/items/*/sku', pattern: '.+', to: 'x', side: 'both' as const }];
    assert.deepEqual(hiddenBy(check(jsonAnswer(product), { map })), [
      'value body:/items/*/sku map body:/items/*/sku /.+/ to "x"',
    ]);
  });

  it('rules that leave a body unseen fail', () => {
    for (const ignore of [['body:'], ['body:/*', 'body:']]) {
      const found = check(jsonAnswer(product), { ignore });
      assert.equal(found.routes[0]?.blind, 'body');
      assert.match(
        failuresOf(found)[0]!,
        /^catalog: of GET \/api\/products nothing that goes wrong in a body would be seen: `ignore body:/,
      );
    }
  });

  it('the same pairs and rules give the same report', () => {
    const rules = { ignore: ['body:/items/*/at'] };
    assert.deepEqual(check(jsonAnswer(product), rules), check(jsonAnswer(product), rules));
  });
});

describe('a pair as it was kept', () => {
  const kept = (monolith: object, more: object = {}) =>
    readRecordedPair(JSON.stringify({ migration: 'm', route: 'GET /x', monolith, ...more }));
  it('is read with its body as it was written', () => {
    const pair = kept({
      status: 200,
      headers: ['Content-Type', 'application/x-ndjson', 'Content-Encoding', 'gzip'],
      body: '[\n  1\n]',
    });
    assert.deepEqual(pair?.answer.headers, ['Content-Type', 'application/json']);
    assert.equal(pair?.request.method, 'GET');
  });
  it('without an answer, cut off, or no pair at all is passed over', () => {
    assert.equal(kept({ headers: [], body: '', detail: 'timed-out' }), undefined);
    assert.equal(kept({ status: 200, headers: [], body: '[1,… <cut>' }), undefined);
    for (const line of ['', '{', 'null', '[]', '{"monolith":1}'])
      assert.equal(readRecordedPair(line), undefined);
  });
});
