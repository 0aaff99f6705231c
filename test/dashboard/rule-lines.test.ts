import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { type RuleScope, suggestRules } from '../../dashboard/src/differences/rule-lines.ts';
import { parseRoutes } from '../../proxy/config/parse-routes.ts';
import type { DifferenceKind } from '../../proxy/shadow/pair.ts';
import { type Answered, compared } from './compared-bodies.ts';

const route = 'GET /api/products';
const around = {
  version: 1,
  upstreams: { monolith: { url: 'http://127.0.0.1:9000' }, catalog: { url: 'http://127.0.0.1:9001' } },
  default: 'monolith',
};
const scopes: readonly RuleScope[] = ['route', 'migration'];

/** The comparison rules of a routes.yaml that has these lines and what it must have besides. */
function rulesOf(lines: string) {
  const { shadow, routes = [route] } = parse(lines).migrations.catalog;
  const catalog = { service: 'catalog', routes, ...(shadow && { shadow }) };
  const file = stringify({ ...around, migrations: { catalog } });
  const parsed = parseRoutes(file, { file: 'routes.yaml', baseDir: '/' });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  const [migration] = parsed.model.migrations;
  return migration!.routes[0]!.compare ?? migration!.shadow.compare;
}

const about = (place: string, kind: DifferenceKind = 'value') =>
  ({ migration: 'catalog', route, place, kind }) as const;
const entriesOf = (rules: ReturnType<typeof suggestRules>) =>
  rules.map(({ lines }) => parse(lines).migrations.catalog.shadow.compare);

describe('a suggested rule', () => {
  const xml = (body: string): Answered => ({ type: 'text/xml', body });
  const text = (body: string): Answered => ({ type: 'text/plain', body });
  const head = (...headers: string[]): Answered => ({ body: '{}', headers });
  const uuid = (digit: string) => `00000000-0000-4000-8000-00000000000${digit}`;
  const many = (n: number) => JSON.stringify({ items: Array.from({ length: n }, (_, id) => ({ id })) });
  const cases: readonly [name: string, monolith: Answered, service: Answered, first: string][] = [
    ['another status', { body: '', status: 200 }, { body: '', status: 201 }, 'ignore: [status]'],
    ['a header', head('X-Served-In', '31 ms'), head('X-Served-In', '7 ms'), 'ignore: [header:x-served-in]'],
    ['a header that is missing', head('ETag', '"a"'), head(), 'ignore: [header:etag]'],
    [
      'a directive',
      head('Cache-Control', 'max-age=61'),
      head('Cache-Control', 'max-age=60'),
      'tolerate: [{ at: header:cache-control/max-age, within: 1 }]',
    ],
    [
      'a cookie',
      head('Set-Cookie', 'sid=1; Path=/a'),
      head('Set-Cookie', 'sid=1; Path=/b'),
      'ignore: [header:set-cookie/sid/path]',
    ],
    [
      'a number',
      { body: '{"a":[{"p":12.35},{"p":1}]}' },
      { body: '{"a":[{"p":12.34},{"p":1.03}]}' },
      'tolerate: [{ at: body:/a/*/p, within: 0.03 }]',
    ],
    [
      'a number in a text',
      { body: '{"p":"10"}' },
      { body: '{"p":"17.2"}' },
      'tolerate: [{ at: body:/p, within: 8 }]',
    ],
    [
      'a time',
      { body: '{"t":"2026-11-24T10:00:00Z"}' },
      { body: '{"t":"2026-11-24T10:00:02.5Z"}' },
      'tolerate: [{ at: body:/t, withinMs: 3000 }]',
    ],
    [
      'a time in milliseconds',
      { body: '{"t":1795000000000}' },
      { body: '{"t":1795000000400}' },
      'tolerate: [{ at: body:/t, withinMs: 1000 }]',
    ],
    [
      'an id',
      { body: `{"id":"${uuid('1')}","l":"/x/${uuid('1')}"}` },
      { body: `{"id":"${uuid('2')}","l":"/x/${uuid('2')}"}` },
      'map: [{ at: body:/id, ids: true }]',
    ],
    ['a text', { body: '{"n":"a"}' }, { body: '{"n":"b"}' }, 'ignore: [body:/n]'],
    ['a member that is missing', { body: '{"n":null}' }, { body: '{}' }, 'ignore: [body:/n]'],
    ['a member more', { body: '{}' }, { body: '{"n":null}' }, 'ignore: [body:/n]'],
    ['another type', { body: '{"n":1}' }, { body: '{"n":"1"}' }, 'ignore: [body:/n]'],
    [
      'another order',
      { body: '{"l":[{"sku":"a"},{"sku":"b"},{"sku":"c"}]}' },
      { body: '{"l":[{"sku":"c"},{"sku":"a"},{"sku":"b"}]}' },
      'unordered: [{ at: body:/l, key: /sku }]',
    ],
    [
      'another order of texts',
      { body: '["a","b","c"]' },
      { body: '["c","a","b"]' },
      'unordered: [{ at: "body:" }]',
    ],
    ['many elements more', { body: many(2) }, { body: many(30) }, 'ignore: [body:/items]'],
    [
      'what is under an id',
      { body: '{"by":{"P-000017":{"n":"a"}}}' },
      { body: '{"by":{"P-000017":{"n":"b"}}}' },
      'ignore: ["body:/by/{id}/n"]',
    ],
    [
      'an element of XML',
      xml('<a><b>x</b><b>y</b></a>'),
      xml('<a><b>x</b><b>z</b></a>'),
      'ignore: [body:/a/b]',
    ],
    [
      'an attribute of XML',
      xml('<a><b c="1"/></a>'),
      xml('<a><b c="2"/></a>'),
      'tolerate: [{ at: "body:/a/b/@c", within: 1 }]',
    ],
    ['a line of text', text('a\nb'), text('a\nc'), 'ignore: [body:/*]'],
    ['a body of another type', { body: '{"a":1}' }, text('oops'), 'ignore: ["body:"]'],
    [
      'a key that routes.yaml can not name',
      { body: '{"\\u2028":{"n":"a"}}' },
      { body: '{"\\u2028":{"n":"b"}}' },
      'ignore: [body:/*/n]',
    ],
  ];
  for (const [name, monolith, service, first] of cases) {
    test(`${name} is no difference any more under any of them, for the route or the whole migration`, () => {
      const pair = compared(monolith, service);
      // The type of a body is also a header.
      const difference = pair.differences.find(({ place }) => place !== 'header:content-type')!;
      for (const scope of scopes) {
        const rules = suggestRules(about(difference.pattern, difference.kind), [pair], scope);
        assert.equal(rules[0]?.lines.split('\n').at(-1)?.trim(), first);
        for (const { lines } of rules) {
          const left = compared(monolith, service, rulesOf(lines)).differences;
          assert.ok(!left.some(({ signature }) => signature === difference.signature), lines);
        }
      }
    });
  }

  test('It takes in more than the difference does, it says so', () => {
    const [status] = suggestRules(about('status 200→404'), [], 'route');
    assert.equal(
      status?.text,
      'Whatever is there, and below it, may differ. Any two statuses, not only 200→404.',
    );
  });

  test('It is about what no rule can name, there is none', () => {
    assert.deepEqual(suggestRules(about('differences', 'length'), [], 'route'), []);
  });

  test('A name from traffic is quoted such that YAML reads it back as it was', () => {
    for (const place of [
      'body:/a, b]',
      'body:/"x": {',
      'body:/\u2028\u0085\u202e',
      'header:#x',
      'body:/a\\n',
    ]) {
      const rules = suggestRules(about(place), [], 'migration');
      assert.deepEqual(entriesOf(rules), [{ ignore: [place] }]);
      assert.doesNotMatch(rules[0]!.lines, /[\u2028\u0085\u202e]/);
    }
  });
});
