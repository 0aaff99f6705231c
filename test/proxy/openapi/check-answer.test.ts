import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createAnswerChecker } from '../../../proxy/openapi/check-answer.ts';
import { readDocument } from '../../../proxy/openapi/document.ts';

function checkerOf(text: string) {
  const read = readDocument(text);
  assert.ok(read.ok, JSON.stringify(read));
  const checker = createAnswerChecker(read.document);
  return (method: string, path: string, status: number, body?: unknown, mediaType = 'application/json') =>
    checker
      .check(method, [path.split('/').slice(1)], {
        status,
        mediaType,
        headerNames: new Set(['content-type']),
        json: () => ({ ok: true, value: body }),
      })
      ?.map(({ path: at, text, name }) =>
        [at?.join('/'), text, name].filter((part) => part !== undefined).join(' '),
      );
}

const old = checkerOf(`
openapi: 3.0.3
servers: [{ url: https://shop.example/v1 }]
paths:
  /things/{id}:
    get:
      responses:
        "200": { content: { application/json: { schema: { $ref: "#/components/schemas/Thing" } } } }
        4XX: { content: { application/problem+json: { schema: { type: object, required: [code] } } } }
  /things/latest:
    get: { responses: { "200": { headers: { X-Total: { required: true } }, content: { text/plain: {} } } } }
  /things:
    get:
      responses:
        "200":
          content:
            application/json: { schema: { type: array, items: { $ref: "#/components/schemas/Thing" } } }
components:
  schemas:
    Thing:
      type: object
      additionalProperties: false
      required: [id, price, secret]
      properties:
        id: { type: string, pattern: "^T-" }
        currency: { type: string, pattern: "^[A-Z]{3}$" }
        slow: { type: string, pattern: "^(a+)+$" }
        price: { type: number, minimum: 0, exclusiveMinimum: true }
        note: { type: string, nullable: true }
        kind: { type: string, nullable: true, enum: [big, small] }
        made: { type: string, format: date-time }
        part: { nullable: true, allOf: [{ $ref: "#/components/schemas/Thing" }] }
        secret: { type: string, writeOnly: true }
`);
const thing = { id: 'T-1', price: 2.5, currency: 'EUR', note: null, kind: null, part: null };

describe('an answer held against OpenAPI 3.0', () => {
  const cases: [name: string, misfits: string[] | undefined, ...Parameters<typeof old>][] = [
    ['fits, nulls where they may be', [], 'GET', '/v1/things/T-1', 200, thing],
    ['fits without the base path of its server, too', [], 'GET', '/things/T-1', 200, thing],
    [
      'has a text for a number',
      ['price must be number, not string'],
      'GET',
      '/v1/things/T-1',
      200,
      { ...thing, price: '2.5' },
    ],
    [
      'is not over an exclusive bound',
      ['price must be > 0'],
      'GET',
      '/v1/things/T-1',
      200,
      { ...thing, price: 0 },
    ],
    [
      'breaks one of several patterns',
      ['currency must match pattern "^[A-Z]{3}$"'],
      'GET',
      '/v1/things/T-1',
      200,
      { ...thing, currency: 'eur' },
    ],
    [
      'meets a pattern that may take for ever, which is not held against it',
      [],
      'GET',
      '/v1/things/T-1',
      200,
      { ...thing, slow: `${'a'.repeat(60)}!` },
    ],
    ['lacks a property', [" must have required property 'id'"], 'GET', '/v1/things/T-1', 200, { price: 1 }],
    [
      'has a property too many',
      [' must not have the property colour'],
      'GET',
      '/v1/things/T-1',
      200,
      { ...thing, colour: 'red' },
    ],
    [
      'has another value than those of the enum',
      ['kind must be one of "big","small",null'],
      'GET',
      '/v1/things/T-1',
      200,
      { ...thing, kind: 'huge' },
    ],
    [
      'has a wrong time',
      ['made must match format "date-time"'],
      'GET',
      '/v1/things/T-1',
      200,
      { ...thing, made: 'yesterday' },
    ],
    [
      'is wrong within an item',
      ['1/price must be number, not null'],
      'GET',
      '/v1/things',
      200,
      [thing, { ...thing, price: null }],
    ],
    [
      'is wrong where it may be null or a thing',
      ['part must match a schema in anyOf'],
      'GET',
      '/v1/things/T-1',
      200,
      { ...thing, part: { id: 7 } },
    ],
    [
      'has a status that only its class describes',
      [],
      'GET',
      '/v1/things/x',
      404,
      { code: 'no' },
      'application/problem+json',
    ],
    ['has a status that nothing describes', ['status 301 is not described'], 'GET', '/v1/things/x', 301],
    [
      'has a content type that is not described',
      ['content-type text/html is not described (application/json)'],
      'GET',
      '/v1/things/x',
      200,
      '',
      'text/html',
    ],
    ['has none', ['no content-type is not described (application/json)'], 'GET', '/v1/things/x', 200, '', ''],
    [
      'lacks a header, on the more literal of two paths',
      ['header x-total must be there'],
      'GET',
      '/v1/things/latest',
      200,
      '',
      'text/plain',
    ],
    [
      'is of an operation that is not described',
      ['the description does not have this operation'],
      'DELETE',
      '/v1/things/x',
      200,
    ],
    ['is a 404 of a path that is not described: nothing is said', undefined, 'GET', '/v1/nothing/here', 404],
    ['is a failure that is not described: nothing is said', undefined, 'GET', '/v1/things', 503],
    ['was not modified: nothing is said', undefined, 'GET', '/v1/things/x', 304],
    ['is that of HEAD: its head is that of GET', [], 'HEAD', '/v1/things/x', 200],
  ];
  for (const [name, misfits, ...asked] of cases) test(name, () => assert.deepEqual(old(...asked), misfits));

  test('a flood of faults is told up to a limit', () => {
    const many = Array.from({ length: 5000 }, () => ({}));
    assert.equal(old('GET', '/v1/things', 200, many)?.length, 8);
  });

  test('faults of alternatives take time by their number, not by its square', { timeout: 15_000 }, () => {
    const many = Array.from({ length: 15_000 }, () => ({ ...thing, secret: 's', part: { id: 7 } }));
    const startMs = performance.now();
    assert.deepEqual(old('GET', '/v1/things', 200, many)?.[0], '0/part must match a schema in anyOf');
    assert.ok(performance.now() - startMs < 5000, 'within five seconds: half a second is usual');
  });
});

describe('an answer held against OpenAPI 3.1', () => {
  const check = checkerOf(`
openapi: 3.1.0
paths:
  /a:
    get:
      responses:
        default:
          content:
            application/json:
              schema:
                type: [object, "null"]
                properties:
                  kind: { const: one }
                  over: { exclusiveMinimum: 3 }
                  tree: { $ref: "#/components/schemas/Tree" }
                  lost: { $ref: "#/components/schemas/Nowhere" }
components: { schemas: { Tree: { properties: { below: { type: array, items: { $ref: "#/components/schemas/Tree" } } } } } }
`);
  test('A schema that cannot be used is told as what it is', () =>
    assert.match(
      check('GET', '/a', 200, { kind: 'two' })?.join() ?? '',
      /own schema can't be used: .*Nowhere/,
    ));

  const good =
    checkerOf(`{ "openapi": "3.1.0", "paths": { "/a": { "get": { "responses": { "default": { "content": { "application/json": {
    "schema": { "type": ["object", "null"], "properties": { "kind": { "const": "one" }, "over": { "exclusiveMinimum": 3 },
    "tree": { "$ref": "#/components/schemas/Tree" } } } } } } } } } },
    "components": { "schemas": { "Tree": { "properties": { "below": { "type": "array", "items": { "$ref": "#/components/schemas/Tree" } } } } } } }`);
  test('Types in a list, constants and exclusive bounds hold', () => {
    assert.deepEqual(good('GET', '/a', 200, null), []);
    assert.deepEqual(good('GET', '/a', 200, { kind: 'two', over: 3 }), [
      'kind must be one of "one"',
      'over must be > 3',
    ]);
  });
  test('A schema that refers to itself holds at every depth', () =>
    assert.deepEqual(good('GET', '/a', 200, { tree: { below: [{ below: [{ below: 4 }] }] } }), [
      'tree/below/0/below/0/below must be array, not number',
    ]));
});

describe('readDocument', () => {
  const problems: [text: string, problem: RegExp][] = [
    ['{', /is neither JSON nor YAML/],
    ['a: [', /is neither JSON nor YAML/],
    ['just text', /is no mapping/],
    ['swagger: "2.0"\npaths: {}', /is no OpenAPI 3\.0 or 3\.1 \(openapi: absent\)/],
    ['openapi: 3.1.0', /has no paths/],
    [`openapi: 3.0.0\npaths: ${'{a: '.repeat(70)}1${'}'.repeat(70)}`, /is nested deeper than 64/],
    [`{"openapi": "3.0.0", "paths": ${'['.repeat(100_000)}`, /is neither JSON nor YAML/],
    ['openapi: 3.0.0\npaths: &p { a: *p }', /is n/],
  ];
  for (const [text, problem] of problems) {
    test(`${JSON.stringify(text.slice(0, 40))} is refused`, () => {
      const read = readDocument(text);
      assert.ok(!read.ok);
      assert.match(read.problem, problem);
    });
  }

  test('The hash is of what it says, not of how it is written', () => {
    const [yaml, json] = [
      readDocument('openapi: 3.0.0\npaths: { /a: {} }'),
      readDocument('{"paths":{"/a":{}},"openapi":"3.0.0"}'),
    ];
    assert.ok(yaml.ok && json.ok);
    assert.equal(yaml.hash, json.hash);
  });
});
