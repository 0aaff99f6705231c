import assert from 'node:assert/strict';
import { test } from 'node:test';
import { targetOnService } from '../../../proxy/data-plane/rewrite-target.ts';
import { sampleRoute } from '../routing/sample-routing.ts';

const cases: [route: string, rewrite: string | undefined, target: string, onService: string][] = [
  ['GET /a/{x}', undefined, '/a/7?q=1', '/a/7?q=1'],
  ['GET /a', '/v2/a', '/a', '/v2/a'],
  ['GET /a', '/v2/a', '/a?', '/v2/a?'],
  ['GET /a', '/v2/a', '/a?q=/a&r=%2F', '/v2/a?q=/a&r=%2F'],
  ['GET /a/{x}', '/{x}/b', '/a/7', '/7/b'],
  ['GET /a/{x}/b/{y}', '/{y}/{x}', '/a/1/b/2', '/2/1'],
  ['GET /a/{x}', '/b/{x}', '/a/%C3%A9%20', '/b/%C3%A9%20'],
  ['GET /a/{x}', '/b/{x}', '/a/{x}', '/b/{x}'],
  ['GET /a/{x}', '/b/{x}', '/a/$&', '/b/$&'],
  ['GET /a/{__proto__}', '/b/{__proto__}', '/a/7', '/b/7'],
  ['GET /a/{x}/{y}', '/b/{x}/{y}', '/a/{y}/2', '/b/{y}/2'],
  ['GET /a/**', '/b/**', '/a/x/y', '/b/x/y'],
  ['GET /a/**', '/b/**', '/a/x/', '/b/x/'],
  ['GET /a/**', '/b/**', '/a/', '/b/'],
  ['GET /a/**', '/b/**', '/a', '/b'],
  ['GET /a/**', '/**', '/a/x', '/x'],
  ['GET /a/**', '/**', '/a/', '/'],
  ['GET /a/**', '/**', '/a', '/'],
  ['GET /a/{x}/**', '/{x}/b/**', '/a/7/y/z?q', '/7/b/y/z?q'],
];

for (const [route, rewrite, target, onService] of cases) {
  test(`${target} by ${route} and ${rewrite ?? 'no rewrite'} is ${onService} on the service`, () => {
    assert.equal(targetOnService(sampleRoute(route, 'compare', rewrite), target), onService);
  });
}
