import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultTreeLimits, forEachNode, looksLikeId, PathTree } from '../../../proxy/init/path-tree.ts';
import { parameterName, routesOfTree, singular } from '../../../proxy/init/routes-of-tree.ts';
import { settleTree } from '../../../proxy/init/settle-tree.ts';

function treeOf(requests: readonly (string | [string, number])[]): PathTree {
  const tree = new PathTree();
  for (const request of requests) {
    const [text, status] = typeof request === 'string' ? [request, 200] : request;
    const [method = '', path = ''] = text.split(' ');
    tree.add({ method, path, status });
  }
  return tree;
}

function templates(requests: readonly (string | [string, number])[]): string[] {
  const tree = treeOf(requests);
  settleTree(tree.root);
  return routesOfTree(tree.root, tree.leftOut)
    .map(({ method, template }) => `${method} ${template}`)
    .sort();
}

const many = (count: number, path: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => path(i));

for (const id of [
  '17',
  'P-000017',
  '550e8400-e29b-41d4-a716-446655440000',
  '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  '5f1c0a9be2d4',
  '2026-11-24',
  'a%20b',
  'alice@x.test',
]) {
  test(`${id} looks like an id`, () => assert.equal(looksLikeId(id), true));
}
for (const name of [
  'orders',
  'v1',
  'oauth2',
  'line-items',
  'search',
  'sha256',
  'internationalization',
  'P3',
  '',
]) {
  test(`"${name}" is a name`, () => assert.equal(looksLikeId(name), false));
}

test('ids become parameters named after the segment before them', () => {
  assert.deepEqual(
    templates(['GET /api/orders/17', 'GET /api/orders/18/lines/3', 'GET /api/orders', 'POST /api/orders']),
    [
      'GET /api/orders',
      'GET /api/orders/{orderId}',
      'GET /api/orders/{orderId}/lines/{lineId}',
      'POST /api/orders',
    ],
  );
  assert.deepEqual(templates(['GET /17/18']), ['GET /{id}/{id2}']);
});

test('many different values become a parameter, a few stay routes', () => {
  const slugs = many(30, (i) => `GET /blog/post-${'abcdefghij'[i % 10]}-${'xyz'[i % 3]}`);
  assert.deepEqual(templates(slugs), ['GET /blog/{blogId}']);
  assert.deepEqual(templates(many(5, (i) => `GET /reports/${'abcde'[i]}ly`)).length, 5);
});

test('an action beside many slugs stays a route of its own', () => {
  const slugs = many(30, (i) => `GET /products/${'abcdefghij'[i % 10]}${'klm'[i % 3]}-shirt`);
  assert.deepEqual(templates([...slugs, 'POST /products/search']), [
    'GET /products/{productId}',
    'POST /products/search',
  ]);
});

test('resources behind /api/v1 are names, however many there are', () => {
  assert.equal(
    templates(many(60, (i) => `GET /api/v1/res${String.fromCharCode(97 + (i % 26))}${'xyz'[i % 3]}`)).length,
    60,
  );
});

test('a folder of static files is one route', () => {
  assert.deepEqual(
    templates([
      'GET /assets/app.js',
      'GET /assets/a.css',
      'GET /assets/img/logo.png',
      'GET /assets/img/b.svg',
    ]),
    ['GET /assets/**'],
  );
});

test('HEAD follows GET, OPTIONS and what was only ever refused make no route', () => {
  const requests: (string | [string, number])[] = [
    'HEAD /a',
    'OPTIONS /a',
    ['GET /wp-login.php', 404],
    ['POST /a', 405],
  ];
  assert.deepEqual(templates(requests), ['GET /a']);
});

test('a path in no canonical form makes no route and is counted', () => {
  const tree = treeOf(['GET /a/../b', 'GET //a', 'GET /a;x=1', 'GET /*', `GET /${'a/'.repeat(50)}`]);
  assert.equal(tree.leftOut.notCanonical, 5);
});

test('a tree stays small whatever paths are sent, and keeps the busy ones', () => {
  const limits = { ...defaultTreeLimits, maxNodes: 2000, maxResources: 100, maxValues: 50 };
  const tree = new PathTree(limits);
  let largest = 0;
  for (let i = 0; i < 30_000; i++) {
    tree.add({ method: 'GET', path: '/api/orders/17', status: 200 });
    const odd = [
      `/x${i.toString(36)}q`,
      `/api/y${i.toString(36)}q`,
      `/s/z${i % 40}q/w${i % 43}q/v${i % 47}q`,
    ];
    tree.add({ method: 'GET', path: odd[i % 3] ?? '', status: 200 });
    if (i % 1000 === 0) {
      let nodes = 0;
      forEachNode(tree.root, () => nodes++);
      largest = Math.max(largest, nodes);
    }
  }
  assert.ok(largest <= limits.maxNodes + 1, `${largest} nodes`);
  settleTree(tree.root);
  const routes = routesOfTree(tree.root, tree.leftOut);
  const orders = routes.find(({ template }) => template === '/api/orders/{orderId}');
  assert.equal(orders?.counts?.requests, 30_000);
});

test('parameters have names that routes.yaml takes', () => {
  assert.deepEqual(['categories', 'addresses', 'order-items', 'news', 'boxes', 'houses'].map(singular), [
    'category',
    'address',
    'order-item',
    'news',
    'box',
    'house',
  ]);
  assert.equal(parameterName(['order-items']), 'orderItemId');
  assert.equal(parameterName(['api']), 'id');
  assert.equal(parameterName(['a', '{aId}', 'a']), 'aId2');
});
