import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRoutes } from '../../../proxy/config/parse-routes.ts';

function canaryOf(canary: string) {
  const text = `{ upstreams: { m: { url: http://m }, b: { url: http://b } }, default: m, migrations: { billing: {
    service: b, stickBy: [ip], routes: [GET /], canary: ${canary} } } }`;
  const parsed = parseRoutes(text, { file: 'routes.yaml', baseDir: '/' });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.model.migrations[0]!;
}

test('windows are read as minutes of ISO days; what is left out is all day, every day, UTC', () => {
  const { windows } = canaryOf(
    '{ windows: { not: [{ days: [Fri, Sun], from: "15:00", to: "24:00", zone: Europe/Berlin }], only: [{ to: "06:30" }] } }',
  ).canary;
  assert.deepEqual(windows, {
    only: [{ days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 0, toMinute: 390, zone: 'UTC' }],
    not: [{ days: [5, 7], fromMinute: 900, toMinute: 1440, zone: 'Europe/Berlin' }],
  });
});

test('approvals and webhooks are read with their defaults', () => {
  const { canary, retire } = canaryOf(
    '{ approvals: [{ before: 50% }, { before: 100, by: 2 }], webhooks: { before: ["https://deploy/go"] } }',
  );
  assert.deepEqual(canary.approvals, [
    { before: 50, by: 1 },
    { before: 100, by: 2 },
  ]);
  assert.deepEqual(canary.webhooks, { before: [{ url: 'https://deploy/go', timeoutMs: 5000 }], after: [] });
  assert.deepEqual(retire, { afterDays: 30 });
});

test('without them nothing of it is there', () => {
  assert.deepEqual(Object.keys(canaryOf('{}').canary), ['steps', 'holdMinutes', 'minRequests']);
});
