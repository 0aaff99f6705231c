import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, test } from 'node:test';
import pino from 'pino';
import { parseRoutes } from '../../../proxy/config/parse-routes.ts';
import { Evidence } from '../../../proxy/evidence/evidence.ts';
import type { ComparedPair } from '../../../proxy/shadow/pair.ts';
import type { Store } from '../../../proxy/store/open-store.ts';

/** Evidence counts in memory while Postgres is away. */
const away = { available: () => false, onAvailable: () => () => {} } as unknown as Store;

let version: string;
let nowMs: number;
let service: Server;
let evidence: Evidence;
let counted: string[];
let dropped: string[];
let rulesHash: string;

beforeEach(async () => {
  version = '1.0';
  nowMs = Date.parse('2026-11-20T09:00:00Z');
  counted = [];
  dropped = [];
  service = createServer((_req, res) =>
    res.end(JSON.stringify({ service: 'billing', version, dryRun: false })),
  );
  await once(service.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  const parsed = parseRoutes(
    `{ upstreams: { monolith: { url: '${url}', version: m }, billing: { url: '${url}' } }, default: monolith,
      migrations: { billing: { service: billing, stickBy: [ip], routes: [GET /api/invoices] } } }`,
    { file: 'routes.yaml', baseDir: '/' },
  );
  assert.ok(parsed.ok);
  const { model } = parsed;
  rulesHash = model.migrations[0]!.rulesHash;
  evidence = new Evidence({
    model: () => model,
    store: away,
    pactEnvironment: {},
    pactCacheDir: '/nowhere/pacts',
    hideSecrets: (text) => text,
    onBuildsChanged: () => {},
    onCounted: ({ id }) => counted.push(id),
    onDropped: (_migration, reason) => dropped.push(reason),
    onDescriptionsChanged: () => {},
    served: () => ({ monolith: { requests: 0, errors: 0 }, service: { requests: 0, errors: 0 } }),
    clientAnswers: () => new Map(),
    clock: { now: () => nowMs, monotonic: () => nowMs },
    log: pino({ level: 'silent' }),
  });
  await evidence.refresh();
});

afterEach(async () => {
  await evidence.close();
  service.closeAllConnections();
  service.close();
});

/** A pair whose client was answered at `atMs`. */
function pair(id: string, atMs = nowMs): ComparedPair {
  return {
    id,
    migration: 'billing',
    route: 'GET /api/invoices',
    at: new Date(atMs).toISOString(),
    control: 'monolith',
    outcome: 'agreed',
    differences: [],
    monolithMs: 1,
    serviceMs: 1,
  };
}

describe('a pair', () => {
  test('counts once its builds were seen again after it', async () => {
    evidence.record(pair('a'), rulesHash);
    assert.deepEqual(counted, []);
    await evidence.refresh();
    assert.deepEqual([counted, dropped], [['a'], []]);
  });

  test('from the moments in which another build came up counts for neither', async () => {
    version = '1.1';
    evidence.record(pair('a'), rulesHash);
    await evidence.refresh();
    assert.deepEqual([counted, dropped], [[], ['build-changed']]);
  });

  test('that was on its way when another build was seen does not count for that one', async () => {
    const before = nowMs;
    nowMs += 1000;
    version = '1.1';
    await evidence.refresh();
    evidence.record(pair('late', before), rulesHash);
    evidence.record(pair('new', nowMs + 1), rulesHash);
    await evidence.refresh();
    assert.deepEqual([counted, dropped], [['new'], ['build-changed']]);
  });

  test('compared under other rules does not count', () => {
    evidence.record(pair('a'), 'other rules');
    assert.deepEqual(dropped, ['rules-changed']);
  });
});
