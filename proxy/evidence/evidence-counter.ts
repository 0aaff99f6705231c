import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { ComparedPair } from '../shadow/pair.ts';
import { isRefused } from '../store/database.ts';
import type { EvidenceRows } from '../store/model.ts';
import type { Store } from '../store/open-store.ts';
import { postgresText } from '../store/postgres-text.ts';
import type { Clock } from '../telemetry/clock.ts';
import { addLatencies } from '../telemetry/latency.ts';
import {
  type CoverageCell,
  cellText,
  type DifferenceSet,
  EvidenceTotals,
  type Room,
  type SignatureCounts,
} from './evidence-totals.ts';
import type { EvidenceKey, GateFacts, RouteEvidence } from './model.ts';
import { RecentCounts } from './recent-counts.ts';

/** What is counted under one key, from memory. */
export interface EvidenceCounts {
  readonly routes: readonly (RouteEvidence & { readonly askedTwice: number })[];
  /** Also those that only the monolith's own two answers have shown. */
  readonly signatures: readonly SignatureCounts[];
  readonly sets: readonly DifferenceSet[];
  readonly coverage: readonly CoverageCell[];
  /** What this process counted lately. */
  readonly recent: RecentCounts;
  readonly latency: GateFacts['latency'];
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
const refreshAfterMs = 3_000;
/** Each is many pairs' worth: memory stays small while the store is away for long. */
const defaultLimits = {
  maxKeys: 200,
  maxSignaturesPerKey: 2_000,
  maxSetsPerKey: 4_000,
  /** Of each dimension of a route. */
  maxCoverageValues: 30,
};

interface KeyCounts {
  readonly key: EvidenceKey;
  /** As the store had it when it was last asked. */
  stored: EvidenceTotals | undefined;
  storedAtMs: number;
  /** On its way to the store. */
  sent: EvidenceTotals | undefined;
  /** Since then. */
  held: EvidenceTotals;
  /** The three together, until one of them changes: gates ask more often than pairs come. */
  together: CountsView | undefined;
  readonly recent: RecentCounts;
  usedAtMs: number;
}

type CountsView = Omit<EvidenceCounts, 'isLoaded' | 'recent'>;

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
      counts.held.addPair(pair, roomIn(counts));
      counts.together = undefined;
      counts.recent.add(pair, clock.monotonic());
    },

    counts(key) {
      const counts = countsOf(key);
      counts.together ??= together(counts);
      return { ...counts.together, recent: counts.recent, isLoaded: counts.stored !== undefined };
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
        together: undefined,
        recent: new RecentCounts(),
        usedAtMs: 0,
      };
      keys.set(text, counts);
    }
    counts.usedAtMs = clock.monotonic();
    return counts;
  }

  /** A service that makes up places (an id as a key, say) would make signatures without end. */
  function roomIn({ stored, sent, held }: KeyCounts): Room {
    const parts = [stored, sent, held].filter((part) => part !== undefined);
    const hasRoom = (of: 'signatures' | 'sets', text: string, most: number) =>
      parts.some((part) => part[of].has(text)) || parts.reduce((sum, part) => sum + part[of].size, 0) < most;
    return {
      hasSignature: (signature) => hasRoom('signatures', signature, limits.maxSignaturesPerKey),
      hasSet: (text) => hasRoom('sets', text, limits.maxSetsPerKey),
      hasCell: (route, dimension, value) =>
        parts.some((part) => part.coverage.has(cellText({ route, dimension, value }))) ||
        parts.reduce((sum, part) => sum + part.valuesOf(route, dimension), 0) < limits.maxCoverageValues,
    };
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
    counts.together = undefined;
  }

  async function write(): Promise<void> {
    const isSentAgain = increment !== undefined;
    increment ??= nextIncrement();
    if (!increment) return;
    try {
      const rows = mergeRows(increment.keys.map(({ key, sent }) => sent!.rows(key)));
      const stands = await store.evidence.add(increment.id, rows);
      // What stands has the pairs of other replicas, too, but not all that belongs to them: a route's differences without
      // their signatures would close its gate. Theirs come whole, with the next reading.
      if (isSentAgain) takeStored(stands);
      else for (const { stored, sent } of increment.keys) stored?.add(sent!);
    } catch (error) {
      if (!isRefused(error)) throw error;
      log.error({ err: error }, 'Postgres refuses counted evidence; these pairs do not count');
      for (const { sent } of increment.keys) lostPairs += sent!.pairs;
    }
    for (const counts of increment.keys) {
      counts.sent = undefined;
      counts.together = undefined;
    }
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

  function takeStored(rows: EvidenceRows): void {
    for (const row of rows.routes) keys.get(keyText(row))?.stored?.replace({ routes: [row] });
    for (const row of rows.signatures) keys.get(keyText(row))?.stored?.replace({ signatures: [row] });
    for (const row of rows.sets) keys.get(keyText(row))?.stored?.replace({ sets: [row] });
    for (const row of rows.coverage) keys.get(keyText(row))?.stored?.replace({ coverage: [row] });
    // Some of it may have been read already: only another reading tells.
    for (const row of rows.routes) {
      const counts = keys.get(keyText(row));
      if (counts) counts.storedAtMs = Number.NEGATIVE_INFINITY;
    }
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
    sets: parts.flatMap(({ sets }) => sets),
    coverage: parts.flatMap(({ coverage }) => coverage),
  };
}

function together({ stored, sent, held }: KeyCounts): CountsView {
  const totals = new EvidenceTotals();
  for (const part of [stored, sent, held]) if (part) totals.add(part);
  const rows = [...totals.routes.values()];
  const monolith = rows.map((row) => row.monolithLatency).reduce(addLatencies, []);
  const service = rows.map((row) => row.serviceLatency).reduce(addLatencies, []);
  return {
    routes: rows.map(({ route, agreed, differed, incomparable, askedTwice }) => ({
      route,
      agreed,
      differed,
      incomparable,
      askedTwice,
    })),
    signatures: [...totals.signatures.values()],
    sets: [...totals.sets.values()],
    coverage: [...totals.coverage.values()],
    latency: { monolith, service },
  };
}
