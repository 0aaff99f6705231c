import { randomUUID } from 'node:crypto';
import { loadRoutes } from '../../proxy/config/load-routes.ts';
import { signatureOf } from '../../proxy/shadow/signature.ts';
import type { EvidenceKeyColumns, PairRow } from '../../proxy/store/model.ts';
import type { Store } from '../../proxy/store/open-store.ts';
import { latencyBucket, latencyBuckets } from '../../proxy/telemetry/latency.ts';
import { builds, differenceOf, migrationIds, routesOf, type Shown, size } from './big-estate.ts';
import { fillSeries } from './fill-series.ts';

const dayMs = 24 * 3600 * 1000;
const batch = 500;

export type Filled = ReadonlyMap<string, readonly ShownBy[]>;
export type ShownBy = Shown & { readonly signature: string };

/** Counts, pairs, verdicts and audit entries, as a week of traffic would have left them. Returns the signatures. */
export async function fillStore(
  store: Store,
  routesFile: string,
  pairsEach: number,
  onProgress: (line: string) => void,
): Promise<Filled> {
  const { parsed } = await loadRoutes(routesFile);
  if (!parsed.ok) throw new Error(`${routesFile} is refused: ${JSON.stringify(parsed.problems)}`);
  const filled = new Map<string, readonly ShownBy[]>();
  for (const { id, rulesHash } of parsed.model.migrations) {
    const key = { migration: id, monolithBuild: builds.monolith, serviceBuild: builds.service, rulesHash };
    const shown = Array.from({ length: size.signatures }, (_, n) => shownBy(id, n));
    await addCounts(store, key, shown);
    await addPairs(store, key, shown, pairsEach);
    await addVerdicts(store, key, shown);
    filled.set(id, shown);
    if (filled.size % 10 === 0) onProgress(`${id}: ${(filled.size * pairsEach).toLocaleString('en')} pairs`);
  }
  await fillSeries(store);
  for (let n = 0; n < size.auditEntries; n++) await store.audit.append(randomUUID(), auditEntry(n));
  return filled;
}

function shownBy(id: string, n: number): ShownBy {
  const difference = differenceOf(id, n);
  return { ...difference, signature: signatureOf(id, difference.route, difference.place, difference.kind) };
}

async function addCounts(store: Store, key: EvidenceKeyColumns, shown: readonly ShownBy[]): Promise<void> {
  const now = Date.now();
  const each = size.pairs / size.signatures;
  await store.evidence.add(randomUUID(), {
    routes: routesOf(key.migration).map((route) => ({
      ...key,
      route,
      agreed: 50_000,
      differed: size.pairs / size.routes,
      incomparable: 3,
      askedTwice: 500,
      monolithLatency: latencies(10),
      serviceLatency: latencies(8),
    })),
    signatures: shown.map((one, n) => ({
      ...key,
      ...one,
      pairs: each,
      twiceBoth: 0,
      twiceService: 1,
      twiceMonolith: 0,
      firstSeen: new Date(now - 7 * dayMs).toISOString(),
      lastSeen: new Date(now - n * 60_000).toISOString(),
    })),
    sets: shown.map(({ route, signature }) => ({ ...key, route, signatures: [signature], pairs: each })),
    coverage: routesOf(key.migration).flatMap((route) =>
      ['2xx', '3xx', '4xx'].map((value) => ({
        ...key,
        route,
        dimension: 'status',
        value,
        compared: 16_000,
        incomparable: 1,
      })),
    ),
  });
}

/** A narrow hump about `ms`. */
function latencies(ms: number): number[] {
  const counts = new Array<number>(latencyBuckets).fill(0);
  for (let by = -8; by <= 24; by++) counts[latencyBucket(ms) + by] = Math.round(6000 / (1 + by * by));
  return counts;
}

async function addPairs(
  store: Store,
  key: EvidenceKeyColumns,
  shown: readonly ShownBy[],
  pairsEach: number,
): Promise<void> {
  const from = Date.now() - dayMs;
  for (let first = 0; first < pairsEach; first += batch) {
    const pairs = Array.from({ length: batch }, (_, index) => {
      const n = first + index;
      return pair(key, shown[n % shown.length]!, n, new Date(from + (n / pairsEach) * dayMs).toISOString());
    });
    await store.pairs.insert(pairs);
  }
}

function pair(key: EvidenceKeyColumns, shown: ShownBy, n: number, at: string): PairRow {
  const item = Math.floor(n / size.signatures) % 20;
  const body = (text: string) =>
    JSON.stringify({
      items: Array.from({ length: 3 }, (_, i) => ({ id: n + i, name: `Thing ${n + i}`, value: text })),
    });
  const { signature, place, kind, monolith, service } = shown;
  return {
    id: randomUUID(),
    migration: key.migration,
    monolithBuild: key.monolithBuild,
    serviceBuild: key.serviceBuild,
    route: shown.route,
    at,
    control: 'monolith',
    outcome: 'differed',
    differences: [
      { place: place.replace('*', String(item)), pattern: place, kind, monolith, service, signature },
    ],
    monolithMs: 10 + (n % 7),
    serviceMs: 8 + (n % 11),
    request: {
      method: 'GET',
      target: shown.route.slice(4).replace('{thingId}', String(n)),
      headers: ['accept', 'application/json', 'user-agent', 'bench'],
      body: '',
    },
    monolith: { status: 200, headers: ['content-type', 'application/json'], body: body(monolith) },
    service: { status: 200, headers: ['content-type', 'application/json'], body: body(service) },
  };
}

async function addVerdicts(store: Store, key: EvidenceKeyColumns, shown: readonly ShownBy[]): Promise<void> {
  await store.verdicts.add(
    shown.slice(0, size.verdicts).map(({ signature, route, place, kind }) => ({
      ...key,
      ...{ signature, route, place, kind },
      verdict: 'expected',
      owner: 'qa',
      reason: 'the service rounds as accounting wants it',
      at: new Date(Date.now() - dayMs).toISOString(),
      until: new Date(Date.now() + 60 * dayMs).toISOString(),
      actor: 'dashboard:mia',
      pairs: 100,
      routePairs: 10_000,
    })),
  );
}

const auditEntry = (n: number) => ({
  at: new Date(Date.now() - (size.auditEntries - n) * 60_000).toISOString(),
  actor: `cli:engineer-${n % 12}`,
  action: n % 3 === 0 ? 'rollback' : 'promote',
  migration: migrationIds[n % migrationIds.length]!,
  reason: 'as planned for this week',
  detail: { from: { share: 5 }, to: { share: 25 } },
});
