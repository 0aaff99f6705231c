import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { breakingChanges } from '../../../proxy/openapi/breaking-changes.ts';
import { readDocument } from '../../../proxy/openapi/document.ts';

type Json = Record<string, unknown>;

function documentOf(paths: Json, more: Json = {}) {
  const read = readDocument(JSON.stringify({ openapi: '3.0.3', paths, ...more }));
  assert.ok(read.ok);
  return read.document;
}

const get = (operation: Json) => ({ '/things/{id}': { get: { responses: { 200: {} }, ...operation } } });
const json = (schema: unknown) => ({ content: { 'application/json': { schema } } });
const sends = (schema: unknown) => ({
  '/things': { post: { requestBody: json(schema), responses: { 201: {} } } },
});
const gives = (schema: unknown) => get({ responses: { 200: json(schema) } });
const object = (properties: Json, required: string[] = [], more: Json = {}) => ({
  type: 'object',
  properties,
  required,
  ...more,
});
const text = { type: 'string' };
const query = (more: Json = {}) => ({ name: 'q', in: 'query', schema: text, ...more });

interface Change {
  readonly name: string;
  readonly before: Json;
  readonly now: Json;
  readonly breaks: readonly string[];
}

const changes: Change[] = [
  {
    name: 'Nothing changed',
    before: gives(object({ a: text })),
    now: gives(object({ a: text })),
    breaks: [],
  },
  {
    name: 'An operation is removed',
    before: { ...get({}), ...sends(text) },
    now: get({}),
    breaks: ['operation-removed: POST /things: is no longer there'],
  },
  { name: 'One is added', before: get({}), now: { ...get({}), ...sends(text) }, breaks: [] },
  {
    name: "A path's parameter is renamed",
    before: get({}),
    now: { '/things/{thing}': get({})['/things/{id}'] },
    breaks: [],
  },
  {
    name: 'Credentials are needed',
    before: get({}),
    now: get({ security: [{ key: [] }] }),
    breaks: ['security-added: GET /things/{id}: needs credentials, which it did not'],
  },
  {
    name: 'Credentials are welcome, not needed',
    before: get({}),
    now: get({ security: [{ key: [] }, {}] }),
    breaks: [],
  },
  {
    name: 'A parameter is removed',
    before: get({ parameters: [query()] }),
    now: get({}),
    breaks: ['parameter-removed: GET /things/{id}: query parameter q is no longer there'],
  },
  {
    name: 'A required parameter is added',
    before: get({}),
    now: get({ parameters: [query({ required: true })] }),
    breaks: ['parameter-added-required: GET /things/{id}: query parameter q is new and required'],
  },
  { name: 'An optional one is added', before: get({}), now: get({ parameters: [query()] }), breaks: [] },
  {
    name: 'A parameter becomes required',
    before: get({ parameters: [query()] }),
    now: get({ parameters: [query({ required: true })] }),
    breaks: ['parameter-required: GET /things/{id}: query parameter q is now required'],
  },
  {
    name: "A parameter's enum loses a value",
    before: get({ parameters: [query({ schema: { type: 'string', enum: ['a', 'b'] } })] }),
    now: get({ parameters: [query({ schema: { type: 'string', enum: ['a', 'c'] } })] }),
    breaks: ['request-enum-narrowed: GET /things/{id}: query parameter q may no longer be "b"'],
  },
  {
    name: 'A body is now required',
    before: { '/a': { post: { responses: {} } } },
    now: { '/a': { post: { requestBody: { required: true, ...json(text) }, responses: {} } } },
    breaks: ['request-body-required: POST /a: a body is now required'],
  },
  {
    name: 'A body is no longer taken',
    before: sends(text),
    now: { '/things': { post: { responses: { 201: {} } } } },
    breaks: ['request-body-removed: POST /things: a body is no longer taken'],
  },
  {
    name: 'A media type of the body is removed',
    before: {
      '/a': {
        post: { requestBody: { content: { 'application/xml': {}, 'application/json': {} } }, responses: {} },
      },
    },
    now: { '/a': { post: { requestBody: { content: { 'application/json': {} } }, responses: {} } } },
    breaks: ['request-media-type-removed: POST /a: the body is no longer application/xml'],
  },
  {
    name: "A request's type is narrowed",
    before: sends(object({ a: { type: 'number' } })),
    now: sends(object({ a: { type: 'integer' } })),
    breaks: ['request-type-narrowed: POST /things: the body /a must be integer, was number'],
  },
  {
    name: 'It is widened',
    before: sends(object({ a: { type: 'integer' } })),
    now: sends(object({ a: { type: 'number' } })),
    breaks: [],
  },
  {
    name: 'A request may be null no more',
    before: sends(object({ a: { type: 'string', nullable: true } })),
    now: sends(object({ a: text })),
    breaks: ['request-type-narrowed: POST /things: the body /a must be string, was string or null'],
  },
  {
    name: 'A bound is narrowed, others are widened',
    before: sends(object({ a: { type: 'string', maxLength: 40, minLength: 2 } })),
    now: sends(object({ a: { type: 'string', maxLength: 20, minLength: 1 } })),
    breaks: ['request-bound-narrowed: POST /things: the body /a has maxLength 20, was 40'],
  },
  {
    name: 'A pattern is new',
    before: sends(object({ a: text })),
    now: sends(object({ a: { type: 'string', pattern: '^x' } })),
    breaks: ['request-bound-narrowed: POST /things: the body /a has pattern "^x", which is new'],
  },
  {
    name: 'A required property is new in a request',
    before: sends(object({ a: text })),
    now: sends(object({ a: text, b: text }, ['b'])),
    breaks: ['request-property-added-required: POST /things: the body /b is new and required'],
  },
  {
    name: 'A property of a request becomes required',
    before: sends(object({ a: text })),
    now: sends(object({ a: text }, ['a'])),
    breaks: ['request-property-required: POST /things: the body /a is now required'],
  },
  {
    name: 'A property is no longer taken',
    before: sends(object({ a: text, b: text }, [], { additionalProperties: false })),
    now: sends(object({ a: text }, [], { additionalProperties: false })),
    breaks: ['request-property-refused: POST /things: the body /b is no longer taken'],
  },
  {
    name: 'Other properties are no longer taken',
    before: sends(object({ a: text })),
    now: sends(object({ a: text }, [], { additionalProperties: false })),
    breaks: ['request-property-refused: POST /things: the body may have no other properties any more'],
  },
  {
    name: 'An alternative of a request is removed',
    before: sends({ oneOf: [text, { type: 'number' }] }),
    now: sends({ oneOf: [text, { type: 'boolean' }] }),
    breaks: ['request-alternative-removed: POST /things: the body no longer takes 1 of 2 alternatives'],
  },
  {
    name: 'A request of one kind becomes one of two that must name it',
    before: sends(object({ a: text })),
    now: sends({ required: ['kind'], oneOf: [object({ a: text }), object({ b: text })] }),
    breaks: ['request-alternative-removed: POST /things: the body no longer takes 1 of 1 alternatives'],
  },
  {
    name: 'Of the same properties of an answer, now one or the other must be there',
    before: gives(object({ a: text, b: text })),
    now: gives(object({ a: text, b: text }, [], { anyOf: [{ required: ['a'] }, { required: ['b'] }] })),
    breaks: [],
  },
  {
    name: 'Of the same properties of an answer, neither must be there any more',
    before: gives({
      allOf: [object({ a: text, b: text }), { anyOf: [{ required: ['a'] }, { required: ['b'] }] }],
    }),
    now: gives(object({ a: text, b: text })),
    breaks: [
      'response-alternative-added: GET /things/{id}: answer 200 has 1 of 1 alternatives that it did not have',
    ],
  },
  {
    name: 'A status is removed',
    before: get({ responses: { 200: {}, 409: {} } }),
    now: get({ responses: { 200: {} } }),
    breaks: ['status-removed: GET /things/{id}: answer 409 is no longer described'],
  },
  {
    name: 'A status is now covered by its class or the default',
    before: get({ responses: { 200: {}, 409: {} } }),
    now: get({ responses: { 200: {}, '4XX': {} } }),
    breaks: [],
  },
  {
    name: 'A media type of an answer is removed',
    before: get({ responses: { 200: { content: { 'text/csv': {}, 'application/json': {} } } } }),
    now: get({ responses: { 200: { content: { 'application/json': {} } } } }),
    breaks: ['response-media-type-removed: GET /things/{id}: answer 200 is no longer text/csv'],
  },
  {
    name: 'A header of an answer is no longer sure',
    before: get({ responses: { 200: { headers: { Location: { required: true } } } } }),
    now: get({ responses: { 200: { headers: { location: {} } } } }),
    breaks: [
      'response-header-removed: GET /things/{id}: answer 200 no longer always has the header location',
    ],
  },
  {
    name: 'A property of an answer is removed',
    before: gives(object({ a: text, b: text })),
    now: gives(object({ a: text })),
    breaks: ['response-property-removed: GET /things/{id}: answer 200 /b is no longer there'],
  },
  {
    name: 'One is added',
    before: gives(object({ a: text })),
    now: gives(object({ a: text, b: text })),
    breaks: [],
  },
  {
    name: 'A property of an answer becomes optional',
    before: gives({ type: 'array', items: object({ a: text }, ['a']) }),
    now: gives({ type: 'array', items: object({ a: text }) }),
    breaks: ['response-property-optional: GET /things/{id}: answer 200 /*/a is no longer always there'],
  },
  {
    name: "An answer's type changes",
    before: gives(object({ a: { type: 'number' } })),
    now: gives(object({ a: text })),
    breaks: ['response-type-widened: GET /things/{id}: answer 200 /a is string, was number'],
  },
  {
    name: 'An answer may be null',
    before: gives(object({ a: text })),
    now: gives(object({ a: { type: 'string', nullable: true } })),
    breaks: ['response-type-widened: GET /things/{id}: answer 200 /a is string or null, was string'],
  },
  {
    name: 'It is no longer null',
    before: gives(object({ a: { type: 'string', nullable: true } })),
    now: gives(object({ a: text })),
    breaks: [],
  },
  {
    name: 'An answer may have another value',
    before: gives(object({ a: { enum: ['x'] } })),
    now: gives(object({ a: { enum: ['x', 'y'] } })),
    breaks: ['response-enum-widened: GET /things/{id}: answer 200 /a may now be "y"'],
  },
  {
    name: "An answer's format changes",
    before: gives(object({ a: { type: 'string', format: 'date-time' } })),
    now: gives(object({ a: { type: 'string', format: 'date' } })),
    breaks: ['response-format-changed: GET /things/{id}: answer 200 /a is date, was date-time'],
  },
  {
    name: 'An alternative of an answer is added',
    before: gives(text),
    now: gives({ anyOf: [text, object({})] }),
    breaks: [
      'response-alternative-added: GET /things/{id}: answer 200 has 1 of 2 alternatives that it did not have',
    ],
  },
];

describe('breakingChanges', () => {
  for (const { name, before, now, breaks } of changes) {
    test(name, () => {
      const found = breakingChanges(documentOf(before), documentOf(now));
      assert.deepEqual(
        found.map((one) => `${one.rule}: ${one.text}`),
        breaks,
      );
    });
  }

  test('Schemas behind references and in allOf are compared, also those that refer to themselves', () => {
    const tree = (more: Json) => ({
      components: {
        schemas: {
          Base: object({ id: text }, ['id']),
          Tree: {
            allOf: [
              { $ref: '#/components/schemas/Base' },
              object({ below: { type: 'array', items: { $ref: '#/components/schemas/Tree' } }, ...more }),
            ],
          },
        },
      },
    });
    const paths = gives({ $ref: '#/components/schemas/Tree' });
    const found = breakingChanges(documentOf(paths, tree({ a: text })), documentOf(paths, tree({})));
    assert.deepEqual(
      found.map(({ text: what }) => what),
      ['GET /things/{id}: answer 200 /a is no longer there'],
    );
    assert.deepEqual(breakingChanges(documentOf(paths, tree({})), documentOf(paths, tree({}))), []);
  });

  test('Each rule is in the list of docs/openapi.md, and no other', () => {
    const page = readFileSync(new URL('../../../docs/openapi.md', import.meta.url), 'utf8');
    const listed = new Set([...page.matchAll(/^\| `([a-z]+-[a-z-]+)` \|/gm)].map(([, rule]) => rule));
    const tried = new Set(changes.flatMap(({ breaks }) => breaks.map((one) => one.split(':')[0])));
    assert.deepEqual([...tried].toSorted(), [...listed].toSorted());
  });

  for (const service of ['catalog', 'payments']) {
    test(`The description of ${service} breaks nothing of itself`, () => {
      const read = readDocument(
        readFileSync(new URL(`../../../extracted-services/${service}/openapi.yaml`, import.meta.url), 'utf8'),
      );
      assert.ok(read.ok);
      assert.deepEqual(breakingChanges(read.document, read.document), []);
    });
  }
});
