import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { ComparedPair } from '../shadow/pair.ts';
import { isRefused } from '../store/database.ts';
import type { EvidenceRows } from '../store/model.ts';
import type { Store } from '../store/open-store.ts';
import { postgresText } from '../store/postgres-text.ts';
import type { Clock } from '../telemetry/clock.ts';
import { addLatencies, latencyPercentile } from '../telemetry/latency.ts';
import { EvidenceTotals } from './evidence-totals.ts';
import type { EvidenceKey, GateFacts } from './model.ts';

/** What is counted under one key, from memory. */
export interface EvidenceCounts {
  readonly routes: GateFacts['routes'];
  readonly signatures: GateFacts['unjudged'];
  readonly latencyMs: GateFacts['latencyMs'];
  /** Whether what the store has of it is in it. */
  readonly isLoaded: boolean;
}

export interface EvidenceCounter {
  record(pair: ComparedPair, key: EvidenceKey): void;
  /** Without a query. A key asked for the first time is read from the store soon after. */
  counts(key: EvidenceKey): EvidenceCounts;
  /** Reads and writes once what is due; also done by itself every second. */
  synchronise(): Promise<void>;
  /** Pairs that wait for the store, and pairs whose counts could not be kept. */
  stats(): { readonly heldPairs: number; readonly lostPairs: number };
  /** Writes once more and stops. */
  close(): Promise<void>;
}

export interface EvidenceCounterDeps {
  readonly store: Pick<Store, 'available' | 'onAvailable' | 'evidence'>;
  readonly log: Logger;
  readonly clock: Clock;
  readonly everyMs?: number;
  readonly limits?: Partial<typeof defaultLimits>;
}

/** How long a key is kept in memory unasked, and how old its counts may become when other replicas count, too. */
const forgetAfterMs = 10 * 60_000;
const refreshAfterMs = 10_000;
/** Each is many pairs' worth: memory stays small while the store is away for long. */
const defaultLimits = { maxKeys: 200, maxSignaturesPerKey: 2_000 };

interface KeyCounts {
  readonly key: EvidenceKey;
  /** As the store had it when it was last asked. */
  stored: EvidenceTotals | undefined;
  storedAtMs: number;
  /** On its way to the store. */
  sent: EvidenceTotals | undefined;
  /** Since then. */
  held: EvidenceTotals;
  usedAtMs: number;
}

/** One increment for all keys. It keeps its id until the store answers, so that it counts once. */
interface Increment {
  readonly id: string;
  readonly keys: readonly KeyCounts[];
}

/** Counts compared pairs in memory, and keeps the store in step behind that. */
export function createEvidenceCounter(deps: EvidenceCounterDeps): EvidenceCounter {
  const { store, log, clock, everyMs = 1_000 } = deps;
  const limits = { ...defaultLimits, ...deps.limits };
  const keys = new Map<string, KeyCounts>();
  let increment: Increment | undefined;
  let lostPairs = 0;
  let running: Promise<void> | undefined;
  const timer = setInterval(() => void synchronise(), everyMs);
  timer.unref();
  const unsubscribe = store.onAvailable(() => void synchronise());

  return {
    record(pair, key) {
      const counts = countsOf(key);
      counts.held.addPair(pair, (signature) => isCountable(counts, signature));
    },

    counts(key) {
      const { stored, sent, held } = countsOf(key);
      const all = new EvidenceTotals();
      for (const part of [stored, sent, held]) if (part) all.add(part);
      return { ...view(all), isLoaded: stored !== undefined };
    },

    synchronise,

    stats() {
      let heldPairs = 0;
      for (const { sent, held } of keys.values()) heldPairs += held.pairs + (sent?.pairs ?? 0);
      return { heldPairs, lostPairs };
    },

    async close() {
      clearInterval(timer);
      unsubscribe();
      await synchronise();
      await synchronise();
    },
  };

  function countsOf(key: EvidenceKey): KeyCounts {
    const text = keyText(key);
    let counts = keys.get(text);
    if (!counts) {
      makeRoom();
      counts = {
        key,
        stored: undefined,
        storedAtMs: 0,
        sent: undefined,
        held: new EvidenceTotals(),
        usedAtMs: 0,
      };
      keys.set(text, counts);
    }
    counts.usedAtMs = clock.monotonic();
    return counts;
  }

  /** A service that makes up places (an id as a key, say) would make signatures without end. */
  function isCountable({ stored, sent, held }: KeyCounts, signature: string): boolean {
    const parts = [stored, sent, held];
    if (parts.some((part) => part?.signatures.has(signature))) return true;
    const known = parts.reduce((sum, part) => sum + (part?.signatures.size ?? 0), 0);
    return known < limits.maxSignaturesPerKey;
  }

  /** The longest unused goes first, one whose pairs are not in the store after all others. */
  function makeRoom(): void {
    if (keys.size < limits.maxKeys) return;
    const entries = [...keys].sort(([, a], [, b]) => a.usedAtMs - b.usedAtMs);
    const [text, counts] = entries.find(([, { held, sent }]) => held.isEmpty && !sent) ?? entries[0]!;
    keys.delete(text);
    lostPairs += counts.held.pairs;
  }

  function synchronise(): Promise<void> {
    running ??= step().finally(() => {
      running = undefined;
    });
    return running;
  }

  async function step(): Promise<void> {
    forgetUnused();
    if (!store.available()) return;
    try {
      // Read before it is written to: what is on its way would else be missing in between.
      for (const counts of keys.values()) if (!counts.stored) await read(counts);
      await write();
      const staleMs = clock.monotonic() - refreshAfterMs;
      for (const counts of keys.values()) if (counts.storedAtMs < staleMs) await read(counts);
    } catch (error) {
      log.warn({ err: error }, 'Evidence is not in step with Postgres; trying again');
    }
  }

  async function read(counts: KeyCounts): Promise<void> {
    const stored = new EvidenceTotals();
    stored.replace(await store.evidence.read(counts.key));
    counts.stored = stored;
    counts.storedAtMs = clock.monotonic();
  }

  async function write(): Promise<void> {
    increment ??= nextIncrement();
    if (!increment) return;
    try {
      const rows = mergeRows(increment.keys.map(({ key, sent }) => sent!.rows(key)));
      takeStored(await store.evidence.add(increment.id, rows));
    } catch (error) {
      if (!isRefused(error)) throw error;
      log.error({ err: error }, 'Postgres refuses counted evidence; these pairs do not count');
      for (const { sent } of increment.keys) lostPairs += sent!.pairs;
    }
    for (const counts of increment.keys) counts.sent = undefined;
    increment = undefined;
  }

  function nextIncrement(): Increment | undefined {
    const changed = [...keys.values()].filter(({ held }) => !held.isEmpty);
    if (changed.length === 0) return undefined;
    for (const counts of changed) {
      counts.sent = counts.held;
      counts.held = new EvidenceTotals();
    }
    return { id: randomUUID(), keys: changed };
  }

  function takeStored({ routes, signatures }: EvidenceRows): void {
    for (const row of routes) keys.get(keyText(row))?.stored?.replace({ routes: [row], signatures: [] });
    for (const row of signatures) keys.get(keyText(row))?.stored?.replace({ routes: [], signatures: [row] });
  }

  function forgetUnused(): void {
    const before = clock.monotonic() - forgetAfterMs;
    for (const [text, { usedAtMs, held, sent }] of keys) {
      if (usedAtMs < before && held.isEmpty && !sent) keys.delete(text);
    }
  }
}

/** Not a concatenation: no two keys share it. As the store keeps it, so that its rows find back. */
function keyText({ migration, monolithBuild, serviceBuild, rulesHash }: EvidenceKey): string {
  return JSON.stringify([migration, monolithBuild, serviceBuild, rulesHash].map(postgresText));
}

function mergeRows(parts: readonly EvidenceRows[]): EvidenceRows {
  return {
    routes: parts.flatMap(({ routes }) => routes),
    signatures: parts.flatMap(({ signatures }) => signatures),
  };
}

function view({ routes, signatures }: EvidenceTotals): Omit<EvidenceCounts, 'isLoaded'> {
  const rows = [...routes.values()];
  const monolith = rows.map((row) => row.monolithLatency).reduce(addLatencies, []);
  const service = rows.map((row) => row.serviceLatency).reduce(addLatencies, []);
  return {
    routes: rows.map(({ route, agreed, differed, incomparable }) => ({
      route,
      agreed,
      differed,
      incomparable,
    })),
    signatures: [...signatures.values()].map(({ signature, route, place, kind, pairs }) => ({
      signature,
      route,
      place,
      kind,
      pairs,
    })),
    latencyMs: {
      monolithP99: latencyPercentile(monolith, 0.99),
      serviceP99: latencyPercentile(service, 0.99),
      pairs: monolith.reduce((sum, pairs) => sum + pairs, 0),
    },
  };
}
