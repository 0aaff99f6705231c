import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { ContractView } from '../../proxy/evidence/contract-view.ts';
import type { DraftResult } from '../../proxy/evidence/draft-contract.ts';
import { withEstate } from './run-ficus.ts';

const use = {
  route: 'GET /api/products',
  method: 'GET',
  status: '200',
  type: 'application/json',
  requestType: 'none',
  query: 'limit,q',
  count: 970,
  counted: 'pairs',
  use: 'GET /api/products GET 200 application/json limit,q none',
  coveredBy: [{ consumer: 'web-shop', description: 'a search' }],
} as const;

const view: ContractView = {
  pacts: [
    {
      consumer: 'web-shop',
      from: '/estate/pacts/web-shop.json',
      pactHash: 'c0ffee',
      pending: false,
      interactions: 2,
      service: 'passed',
      monolith: 'failed',
    },
  ],
  uses: [
    use,
    { ...use, status: '400', query: 'none', count: 20, coveredBy: [] },
    {
      ...use,
      route: 'POST /api/products',
      method: 'POST',
      status: '2xx',
      type: 'any',
      requestType: 'any',
      query: 'any',
      count: 10,
      counted: 'answers',
      coveredBy: [],
    },
  ],
  results: [],
  unused: [{ consumer: 'web-shop', description: 'the categories', request: 'GET /api/categories' }],
  problems: ['http://broker/ is away'],
};

test('contracts lists pacts, what clients ask for, and what no client was seen to ask for', async () => {
  await withEstate(async (ficus, estate) => {
    estate.contractView = view;
    const { stdout, stderr, exitCode } = await ficus('contracts', 'catalog');
    assert.equal(exitCode, 0);
    assert.equal(stderr, 'warning: http://broker/ is away\n');
    assert.equal(
      stdout,
      `catalog: of 3 kinds of requests, 1 is in a pact, 97% of 1,000 requests.

PACT OF   INTERACTIONS  MONOLITH  SERVICE  FROM
web-shop             2  failed    passed   /estate/pacts/web-shop.json

INTERACTION                STATUS  TYPE              USES  COVERED BY
GET /api/products?limit,q  200     application/json   970  web-shop
GET /api/products          400     application/json    20  no pact
POST /api/products         2xx     –                  10*  no pact

In a pact, and not seen in traffic yet:
  GET /api/categories: the categories (web-shop)

* answers to clients since Ficus was started: such routes are not copied, so no more is known.
A draft of the most used one without a pact: ficus contracts draft catalog --out FILE
`,
    );
    const json = JSON.parse((await ficus('contracts', 'catalog', '--json')).stdout);
    assert.deepEqual(json, { migration: 'catalog', ...view });
  });
});

const draft: DraftResult = {
  done: true,
  draft: {
    pact: { consumer: { name: 'web-shop' }, provider: { name: 'catalog' }, interactions: [] },
    states: 'states:\n  x answers 200: null\n',
    notes: ['Null in the answer.'],
    pair: 'pair-1',
    route: 'GET /api/products',
  },
};

test('a draft is printed, or written to a file that is not there yet', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'ficus-draft-'));
  const file = path.join(folder, 'draft.json');
  await withEstate(async (ficus, estate) => {
    estate.draft = draft;
    const printed = await ficus('contracts', 'draft', 'catalog');
    assert.deepEqual(JSON.parse(printed.stdout), draft.draft.pact);
    assert.equal(printed.stderr, 'warning: Null in the answer.\n');
    const written = await ficus('contracts', 'draft', 'catalog', '--out', file);
    assert.equal(written.exitCode, 0);
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), draft.draft.pact);
    assert.match(
      written.stdout,
      /For the states file:\n {2}states:\n {4}x answers 200: null\n\nThen: ficus verify catalog\n$/,
    );
    const again = await ficus('contracts', 'draft', 'catalog', '--out', file);
    assert.equal(again.exitCode, 1);
    assert.match(again.stderr, /draft\.json is not written: it is there already/);
  });
  await rm(folder, { recursive: true });
});

test('nothing to draft exits 1 and says why; options that are for drafts alone exit 2', async () => {
  await withEstate(async (ficus, estate) => {
    estate.draft = { done: false, why: 'impossible', reason: 'No pair of catalog was seen yet' };
    const { exitCode, stderr } = await ficus('contracts', 'draft', 'catalog');
    assert.equal(exitCode, 1);
    assert.match(stderr, /No pair of catalog was seen yet\./);
    const wrong = await ficus('contracts', 'catalog', '--out', 'x');
    assert.equal(wrong.exitCode, 2);
    assert.match(wrong.stderr, /--out is for drafts: contracts draft catalog/);
  });
});
