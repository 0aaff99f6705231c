import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RouteTable } from '../../../proxy/routing/route-table.ts';
import { sampleMigration } from './sample-routing.ts';

function tableOf(...routes: string[]): RouteTable<string> {
  return new RouteTable([sampleMigration('catalog', routes)], (migration) => migration.id);
}

function routeOf(table: RouteTable<string>, method: string, path: string, host = 'shop'): string | undefined {
  return table.match(method, host, path)?.route.id;
}

describe('one route', () => {
  const cases: [route: string, method: string, path: string, matches: boolean][] = [
    ['GET /', 'GET', '/', true],
    ['GET /', 'GET', '/a', false],
    ['GET /api/products', 'GET', '/api/products', true],
    ['GET /api/products', 'GET', '/api/products/', false],
    ['GET /api/products', 'GET', '/api/productsandmore', false],
    ['GET /api/products', 'GET', '/api/product', false],
    ['GET /api/products', 'GET', '/API/products', false],
    ['GET /api/products', 'GET', '/x/api/products', false],
    ['GET /api/products', 'POST', '/api/products', false],
    ['GET /api/products', 'get', '/api/products', false],
    ['GET /api/products', 'HEAD', '/api/products', true],
    ['POST /api/products', 'HEAD', '/api/products', false],
    ['* /api/products', 'PROPFIND', '/api/products', true],
    ['GET /api/products/{id}', 'GET', '/api/products/7', true],
    ['GET /api/products/{id}', 'GET', '/api/products/', false],
    ['GET /api/products/{id}', 'GET', '/api/products', false],
    ['GET /api/products/{id}', 'GET', '/api/products/7/images', false],
    ['GET /api/products/{id}', 'GET', '/api/products/a%20b', true],
    ['GET /api/{kind}/{id}', 'GET', '/api/products/7', true],
    ['GET /api/products/{id}/images', 'GET', '/api/products/7/images', true],
    ['GET /api/**', 'GET', '/api', true],
    ['GET /api/**', 'GET', '/api/', true],
    ['GET /api/**', 'GET', '/api/a/b/c', true],
    ['GET /api/**', 'GET', '/apiary', false],
    ['GET /**', 'GET', '/', true],
    ['GET /**', 'GET', '/anything/at/all', true],
    ['GET /api/{id}/**', 'GET', '/api/7/a/b', true],
    ['GET /api/{id}/**', 'GET', '/api', false],
    ['GET /__proto__', 'GET', '/__proto__', true],
    ['GET /api/products', 'GET', '/constructor', false],
    ['GET /api/products', 'GET', '/api/__proto__', false],
  ];
  for (const [route, method, path, matches] of cases) {
    test(`${route} ${matches ? 'takes' : 'leaves'} ${method} ${path}`, () => {
      assert.equal(routeOf(tableOf(route), method, path), matches ? route : undefined);
    });
  }
});

describe('of several routes the most specific wins', () => {
  const cases: [routes: string[], method: string, path: string, winner: string][] = [
    [['GET /a/{x}', 'GET /a/b'], 'GET', '/a/b', 'GET /a/b'],
    [['GET /a/{x}', 'GET /a/b'], 'GET', '/a/c', 'GET /a/{x}'],
    [['GET /a/**', 'GET /a/{x}'], 'GET', '/a/c', 'GET /a/{x}'],
    [['GET /a/**', 'GET /a/{x}'], 'GET', '/a/c/d', 'GET /a/**'],
    [['GET /a/**', 'GET /a'], 'GET', '/a', 'GET /a'],
    [['GET /**', 'GET /a/**'], 'GET', '/a/b', 'GET /a/**'],
    [['GET /{x}/b', 'GET /a/{x}'], 'GET', '/a/b', 'GET /a/{x}'],
    [['* /a', 'GET /a'], 'GET', '/a', 'GET /a'],
    [['* /a', 'GET /a'], 'POST', '/a', '* /a'],
    [['* /a', 'GET /a'], 'HEAD', '/a', 'GET /a'],
    [['HEAD /a', 'GET /a'], 'HEAD', '/a', 'HEAD /a'],
    [['GET /a/b', 'POST /a/{x}'], 'POST', '/a/b', 'POST /a/{x}'],
    [['GET /a/b/c', 'GET /a/{x}/d'], 'GET', '/a/b/d', 'GET /a/{x}/d'],
    [['GET /a/b/c', 'GET /a/**'], 'GET', '/a/b/d', 'GET /a/**'],
    [['GET /a/{x}/c', 'GET /a/**'], 'GET', '/a/b/d', 'GET /a/**'],
  ];
  for (const [routes, method, path, winner] of cases) {
    test(`${method} ${path} among ${routes.join(' and ')} is ${winner}, whatever their order`, () => {
      assert.equal(routeOf(tableOf(...routes), method, path), winner);
      assert.equal(routeOf(tableOf(...routes.toReversed()), method, path), winner);
    });
  }
});

describe('hosts', () => {
  const table = new RouteTable(
    [
      sampleMigration('shop', ['GET /a'], { hosts: ['shop.example', '[::1]'] }),
      sampleMigration('any', ['GET /a', 'GET /b']),
    ],
    (migration) => migration.id,
  );
  const cases: [host: string, path: string, migration: string][] = [
    ['shop.example', '/a', 'shop'],
    ['SHOP.Example', '/a', 'shop'],
    ['shop.example:8080', '/a', 'shop'],
    ['[::1]:8080', '/a', 'shop'],
    ['[::1]', '/a', 'shop'],
    ['shop.example', '/b', 'any'],
    ['other.example', '/a', 'any'],
    ['notshop.example', '/a', 'any'],
    ['shop.example.evil.example', '/a', 'any'],
    ['', '/a', 'any'],
    ['__proto__', '/a', 'any'],
  ];
  for (const [host, path, migration] of cases) {
    test(`${JSON.stringify(host)} and ${path} belong to migration ${migration}`, () => {
      assert.equal(table.match('GET', host, path)?.migration, migration);
    });
  }
});

test('a path of 10,000 segments is matched without deep recursion', () => {
  const table = tableOf('GET /a/{x}', 'GET /**');
  assert.equal(routeOf(table, 'GET', '/a'.repeat(10_000)), 'GET /**');
});
