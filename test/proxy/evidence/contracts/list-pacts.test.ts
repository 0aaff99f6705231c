import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { listPacts } from '../../../../proxy/evidence/contracts/list-pacts.ts';
import { hasHttp } from '../../../../proxy/evidence/contracts/pact-file.ts';
import { folderWith, getProduct, pactOf } from './provider.ts';

const search = {
  description: 'a search',
  request: { method: 'get', path: '/api/products' },
  response: { status: 200 },
};

async function hashOf(test: Parameters<typeof folderWith>[0], pact: object): Promise<string | undefined> {
  const dir = await folderWith(test, { 'a.json': pact });
  return (await listPacts(dir, 'catalog')).pacts[0]?.pactHash;
}

describe('listing pacts', () => {
  it('one of messages is listed with them, and asks for nothing by HTTP', async (test) => {
    const messages = [{ description: 'an order was paid', contents: {} }];
    const dir = await folderWith(test, {
      'a.json': { consumer: { name: 'mailer' }, provider: { name: 'catalog' }, messages },
    });
    const [pact] = (await listPacts(dir, 'catalog')).pacts;
    assert.ok(pact);
    assert.deepEqual(pact.interactions, [
      { description: 'an order was paid', request: 'message an order was paid', states: [] },
    ]);
    assert.equal(hasHttp(pact), false);
  });

  it('one that its consumer marked as pending is pending', async (test) => {
    const dir = await folderWith(test, {
      'a.json': { ...pactOf([search]), metadata: { ficus: { pending: 'true' } } },
      'b.json': { ...pactOf([search], 'catalog', 'mobile'), metadata: { ficus: { pending: 'false' } } },
    });
    const { pacts } = await listPacts(dir, 'catalog');
    assert.deepEqual(
      pacts.map(({ pending }) => pending),
      [true, false],
    );
  });

  it('what an interaction is about is read from every version of the format', async (test) => {
    const request = { method: 'post', path: '/api/products', body: { sku: 'A' } };
    const written = [
      {
        ...request,
        query: 'dry=1&as=a&dry=2',
        headers: { 'content-type': 'application/json; charset=utf-8' },
      },
      {
        ...request,
        query: { dry: ['1', '2'], as: ['a'] },
        headers: { 'Content-Type': ['application/json'] },
      },
      {
        ...request,
        query: { dry: ['1'], as: ['a'] },
        body: { content: {}, contentType: 'application/json' },
      },
    ];
    const response = { status: 201, headers: { Location: '/x' } };
    const dir = await folderWith(test, {
      'a.json': pactOf(written.map((one, i) => ({ description: `${i}`, request: one, response }))),
    });
    const { pacts } = await listPacts(dir, 'catalog');
    const use = {
      method: 'POST',
      path: '/api/products',
      query: 'as,dry',
      status: 201,
      type: undefined,
      requestType: 'application/json',
    };
    assert.deepEqual(
      pacts[0]?.interactions.map((one) => one.use),
      [use, use, use],
    );
  });

  it('those of the provider, with consumer, file, and method and path of each interaction', async (test) => {
    const dir = await folderWith(test, {
      'b.json': pactOf([getProduct], 'catalog', 'mobile'),
      'a.json': pactOf([search, getProduct]),
      'c.json': pactOf([search], 'billing'),
      'notes.txt': 'x',
    });
    const { pacts, problems } = await listPacts(dir, 'catalog');
    assert.deepEqual(problems, []);
    assert.deepEqual(
      pacts.map(({ consumer, file, interactions }) => [
        consumer,
        file,
        interactions.map(({ request }) => request),
      ]),
      [
        ['web-shop', path.join(dir, 'a.json'), ['GET /api/products', 'GET /api/products/P-000017']],
        ['mobile', path.join(dir, 'b.json'), ['GET /api/products/P-000017']],
      ],
    );
  });

  it('files that are broken are told, the others are listed', async (test) => {
    const dir = await folderWith(test, {
      'a.json': '[',
      'b.json': '{"consumer":{}}',
      'c.json': pactOf([search]),
    });
    const { pacts, problems } = await listPacts(dir, 'catalog');
    assert.equal(pacts.length, 1);
    assert.equal(problems.length, 2);
    assert.match(problems[0] ?? '', /a\.json is not JSON/);
    assert.match(problems[1] ?? '', /b\.json is no pact file/);
  });

  it('a folder that is not there has none', async () => {
    assert.deepEqual(await listPacts('/nowhere/pacts', 'catalog'), { pacts: [], problems: [] });
  });
});

describe('hash of a pact', () => {
  it('stays the same for another order, another writer and other notes', async (test) => {
    const one = await hashOf(test, pactOf([search, getProduct]));
    const same = {
      metadata: { 'pact-js': { version: '99' } },
      provider: { name: 'catalog' },
      consumer: { name: 'web-shop' },
      interactions: [
        { comments: { text: ['x'] }, key: 'k', ...getProduct },
        Object.fromEntries(Object.entries(search).reverse()),
      ],
    };
    assert.equal(await hashOf(test, same), one);
  });

  it('changes with what is asked and with what is expected', async (test) => {
    const hashes = [
      await hashOf(test, pactOf([search])),
      await hashOf(test, pactOf([search, getProduct])),
      await hashOf(test, pactOf([{ ...search, request: { method: 'get', path: '/api/product' } }])),
      await hashOf(test, pactOf([{ ...search, response: { status: 204 } }])),
      await hashOf(test, pactOf([{ ...search, request: { ...search.request, query: 'page=2' } }])),
      await hashOf(test, pactOf([{ ...search, providerStates: [{ name: 'some' }] }])),
      await hashOf(test, pactOf([search], 'catalog', 'mobile')),
    ];
    assert.equal(new Set(hashes).size, hashes.length);
  });
});
