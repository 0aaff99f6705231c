import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { draftPact } from '../../../../proxy/evidence/contracts/draft-pact.ts';
import { parsePact } from '../../../../proxy/evidence/contracts/pact-file.ts';
import type { PairRow } from '../../../../proxy/store/model.ts';
import { type Answer, folderWith, startProvider, verify } from './provider.ts';

const json = ['content-type', 'application/json; charset=utf-8', 'server', 'x'];
const hidden = '‹redacted:0a1b2c3d›';

function pair(of: {
  method?: string;
  target?: string;
  headers?: readonly string[];
  body?: string;
  status?: number;
  answer: unknown;
}): PairRow {
  const {
    method = 'GET',
    target = '/api/products/P-000017',
    headers = ['accept', '*/*', 'host', 'shop'],
  } = of;
  return {
    id: 'pair-1',
    migration: 'catalog',
    route: `${method} /api/products/{productId}`,
    at: '2026-11-20T10:00:00.000Z',
    control: 'monolith',
    outcome: 'agreed',
    differences: [],
    monolithMs: 1,
    serviceMs: 1,
    request: { method, target, headers, body: of.body ?? '' },
    monolith: { status: of.status ?? 200, headers: json, body: JSON.stringify(of.answer) },
  };
}

function draftOf(from: PairRow) {
  const template = '/api/products/{productId}';
  const draft = draftPact({ pair: from, template, consumer: 'web-shop', provider: 'catalog' });
  assert.ok('pact' in draft);
  const { interactions } = draft.pact as { interactions: Record<string, never>[] };
  return {
    ...draft,
    interaction: interactions[0] as unknown as { request: object; response: { body: { content: unknown } } },
  };
}

const page = {
  items: [
    { id: 'P-1', note: null, tags: [], owner: hidden, size: 3, extra: 1 },
    { id: 'P-2', note: 'new', tags: ['a'], owner: hidden, size: 'xl' },
  ],
  total: 2,
};

describe('a draft', () => {
  it('holds for other values of the same shape, and for no others', async (test) => {
    const { pact } = draftOf(pair({ target: '/api/products/P-000017?limit=2', answer: page }));
    const dir = await folderWith(test, { 'draft.json': pact, 'catalog.yaml': 'states: {}' });
    const other = (items: object[]): Answer => {
      return () => ({ headers: { 'content-type': 'application/json' }, json: { items, total: 9 } });
    };
    const item = { id: 'P-9', note: null, tags: ['b'], owner: 17 };
    const right = await startProvider(test, other([item, { ...item, note: 'old' }]));
    const wrong = await startProvider(test, other([{ ...item, id: 9, owner: '' }]));
    const { results } = await verify(dir, { monolith: right.upstream, service: wrong.upstream });
    assert.deepEqual(results[0]?.failures, []);
    const problems = results[1]?.failures.flatMap((failure) => failure.problems).join('\n') ?? '';
    assert.match(problems, /items\[0\]\.id.*Integer/);
    assert.match(problems, /items\[0\]\.owner/);
    assert.equal(right.seen[0]?.url, '/api/products/P-000017?limit=2');
    assert.equal(right.seen[0]?.headers.accept, '*/*');
  });

  it('has one entry of a list, with what all entries have, and says what it leaves out', () => {
    const { interaction, notes } = draftOf(pair({ answer: page }));
    assert.deepEqual(interaction.response.body.content, {
      items: [{ id: 'P-1', note: 'new', tags: ['a'], owner: hidden }],
      total: 2,
    });
    assert.deepEqual(notes, [
      'Not in the draft, since entries of one list differ there: $.items[*].size, $.items[*].extra.',
    ]);
  });

  it('names a provider state, and what the states file wants for it', () => {
    const { states } = draftOf(pair({ status: 404, answer: { error: 'no' } }));
    assert.equal(
      states,
      `states:
  GET /api/products/{productId} answers 404:
    steps:
      - request: GET /api/products/P-000017
        expectStatus: 404
`,
    );
  });

  it('of a request with redacted values takes them from the state', async (test) => {
    const { pact, notes, states } = draftOf(
      pair({
        method: 'POST',
        target: `/api/products/${hidden}?token=${hidden}&page=2`,
        headers: ['x-api-key', hidden, 'content-type', 'application/json'],
        body: JSON.stringify({ customer: { email: hidden }, amount: 3 }),
        answer: {},
      }),
    );
    assert.match(notes[0]!, /must give it: productId, token, xApiKey, customerEmail\.$/);
    assert.match(states, /values:\n {6}productId: to fill in\n/);
    const dir = await folderWith(test, {
      'draft.json': pact,
      'catalog.yaml': states.replaceAll('to fill in', 'given'),
    });
    const { upstream, seen } = await startProvider(test, () => ({}));
    const { results } = await verify(dir, { monolith: upstream, service: upstream });
    assert.deepEqual(results[0]?.failures, []);
    assert.equal(seen.length, 2);
    const { url, headers, body } = seen[0]!;
    assert.equal(url.replace(/\?.*/, ''), '/api/products/given');
    assert.deepEqual(Object.fromEntries(new URLSearchParams(url.split('?')[1])), {
      token: 'given',
      page: '2',
    });
    assert.equal(headers['x-api-key'], 'given');
    assert.deepEqual(JSON.parse(body), { customer: { email: 'given' }, amount: 3 });
  });

  it('has redacted numbers, too, though they are kept as no JSON has them', () => {
    const { interaction } = draftOf({
      ...pair({ answer: '' }),
      monolith: { status: 200, headers: json, body: `{ "cards": [ ${hidden} ], "iban": ${hidden}\n}` },
    });
    assert.deepEqual(interaction.response.body.content, { cards: [hidden], iban: hidden });
  });

  it('of an answer that is no JSON has its type only', () => {
    const { interaction, notes } = draftOf({
      ...pair({ answer: '' }),
      monolith: { status: 200, headers: ['content-type', 'text/html'], body: '<p>' },
    });
    assert.equal(interaction.response.body, undefined);
    assert.match(notes[0]!, /The body of the answer \(text\/html\) is not in the draft/);
  });

  it('is a pact file whose interaction is of the kind that the pair was', () => {
    const { pact } = draftOf(pair({ target: '/api/products/P-000017?limit=2', answer: page }));
    const read = parsePact('draft.json', JSON.stringify(pact));
    assert.ok('pact' in read);
    assert.deepEqual(read.pact.interactions[0]?.use, {
      method: 'GET',
      path: '/api/products/P-000017',
      query: 'limit',
      status: 200,
      type: 'application/json',
      requestType: undefined,
    });
  });

  it('of a pair without an answer of the monolith is none', () => {
    const { monolith: _, ...unanswered } = pair({ answer: {} });
    const draft = draftPact({ pair: unanswered, template: '/a', consumer: 'a', provider: 'b' });
    assert.deepEqual(draft, { problem: 'pair pair-1 has no whole request and answer of the monolith' });
  });
});
