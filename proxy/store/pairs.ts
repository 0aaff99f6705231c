import type { Database, Query } from './database.ts';
import { insertRows } from './insert-rows.ts';
import type { PairRow, WrittenPair } from './model.ts';
import { createPairPartitions, type RetentionLimits } from './pair-partitions.ts';
import { postgresText } from './postgres-text.ts';
import { insertSealed } from './sealed-values.ts';

export interface PairLimits extends RetentionLimits {
  /** Pairs kept of each signature, and of each route's incomparable pairs, in an hour. */
  readonly pairsPerSignature: number;
}

export const defaultPairLimits: PairLimits = {
  pairsPerSignature: 20,
  maxAgeDays: 14,
  maxBytes: 512 * 1024 * 1024,
};

/** Where a pair stands among others. */
export type PairPlace = Pick<PairRow, 'id' | 'at'>;

export interface PairStore {
  /** Keeps what it does not have yet, all of them or none. */
  insert(pairs: readonly WrittenPair[]): Promise<void>;
  /** Newest first, those behind `after`; of one build of the service when it is named. */
  pairsOfSignature(
    migration: string,
    signature: string,
    limit: number,
    serviceBuild?: string,
    after?: PairPlace,
  ): Promise<PairRow[]>;
  pair(id: string): Promise<PairRow | undefined>;
  /** Pairs that differ, whatever builds and rules they were compared under, oldest first; the page behind `after`. */
  differing(page: DifferingPage): Promise<PairRow[]>;
  /** Makes partitions ahead, and drops those that are over the limits on age and size, the oldest first. */
  prune(limits: RetentionLimits): Promise<void>;
}

export interface DifferingPage {
  readonly migration: string;
  /** Only those that show it. */
  readonly signature?: string | undefined;
  readonly after?: PairPlace | undefined;
  readonly limit: number;
}

export function createPairStore(database: Database): PairStore {
  const partitions = createPairPartitions(database);
  return {
    async insert(pairs) {
      await partitions.ensure(pairs.map(({ at }) => at));
      try {
        await database.transaction(async (query) => {
          // Samples may be lost with a crash of the machine; what was committed is never half there.
          await query('set local synchronous_commit = off');
          await insertPairs(query, pairs);
          await insertSamples(query, pairs);
          await insertSealed(query, pairs);
        });
      } catch (error) {
        // Another replica may have dropped a partition that this one knows of.
        partitions.forget();
        throw error;
      }
    },

    async pairsOfSignature(migration, signature, limit, serviceBuild, after) {
      const newest = await database.query<{ pair_id: string; at: string }>(
        `select pair_id, at from ficus.samples
         where sample_of = $1 and migration = $2 and ($4::text is null or service_build = $4)
           and ($5::text is null or (at, pair_id) < ($6::timestamptz, $5))
         order by at desc, pair_id desc limit $3`,
        [
          postgresText(signature),
          postgresText(migration),
          limit,
          serviceBuild === undefined ? null : postgresText(serviceBuild),
          after?.id ?? null,
          after?.at ?? null,
        ],
      );
      if (newest.length === 0) return [];
      // By time, too: it tells the partitions.
      const rows = await database.query<KeptPair>(
        `select ${columns} from ficus.pairs where id = any ($1) and at = any ($2) order by at desc, id desc`,
        [newest.map(({ pair_id }) => pair_id), newest.map(({ at }) => at)],
      );
      return rows.map(pairOf);
    },

    async pair(id) {
      const rows = await database.query<KeptPair>(`select ${columns} from ficus.pairs where id = $1`, [
        postgresText(id),
      ]);
      return rows[0] && pairOf(rows[0]);
    },

    async differing({ migration, signature, after, limit }) {
      const rows = await database.query<KeptPair>(
        `select ${columns} from ficus.pairs
         where migration = $1 and outcome = 'differed'
           and ($2::text is null or exists
             (select from ficus.samples where samples.at = pairs.at and pair_id = id and sample_of = $2))
           and ($3::text is null or (pairs.at, id) > ($4::timestamptz, $3))
         order by pairs.at, id limit $5`,
        [
          postgresText(migration),
          signature === undefined ? null : postgresText(signature),
          after?.id ?? null,
          after?.at ?? null,
          limit,
        ],
      );
      return rows.map(pairOf);
    },

    prune: (limits) => partitions.prune(limits),
  };
}

/**
 * What a pair is a sample of: its signatures, or its route when there was nothing to compare; and the kind of
 * request that it is, where that is known.
 */
export function samplesOf(pair: PairRow): string[] {
  if (pair.outcome === 'incomparable') return [`incomparable ${pair.migration} ${pair.route}`];
  const signatures = new Set(pair.differences.map(({ signature }) => signature));
  return [...signatures, ...(pair.use === undefined ? [] : [useSample(pair.route, pair.use)])];
}

/** Of the samples of one kind of request on a route. */
export const useSample = (route: string, use: string): string => `use ${route} ${use}`;

/** What is JSON is kept as text, in which nothing is left that Postgres would refuse. */
type KeptPair = Omit<PairRow, JsonColumn> & { readonly [Column in JsonColumn]?: string };
type JsonColumn = 'differences' | 'request' | 'monolith' | 'service';

function pairOf({ differences = '[]', request, monolith, service, ...others }: KeptPair): PairRow {
  return {
    ...others,
    differences: JSON.parse(differences),
    ...(request !== undefined && { request: JSON.parse(request) }),
    ...(monolith !== undefined && { monolith: JSON.parse(monolith) }),
    ...(service !== undefined && { service: JSON.parse(service) }),
  };
}

const columns = `
  id, migration, monolith_build as "monolithBuild", service_build as "serviceBuild", route, at, control, outcome,
  reason, differences, monolith_ms as "monolithMs", service_ms as "serviceMs", request, monolith, service`;

function insertPairs(query: Query, pairs: readonly PairRow[]): Promise<void> {
  return insertRows(query, {
    table: 'ficus.pairs',
    columns: [
      'id',
      'migration',
      'monolith_build',
      'service_build',
      'route',
      'at',
      'control',
      'outcome',
      'reason',
      'differences',
      'monolith_ms',
      'service_ms',
      'request',
      'monolith',
      'service',
    ],
    rows: pairs.map((pair) => [
      postgresText(pair.id),
      postgresText(pair.migration),
      optionalText(pair.monolithBuild),
      optionalText(pair.serviceBuild),
      postgresText(pair.route),
      pair.at,
      pair.control,
      pair.outcome,
      optionalText(pair.reason),
      JSON.stringify(pair.differences),
      pair.monolithMs,
      pair.serviceMs,
      optionalJson(pair.request),
      optionalJson(pair.monolith),
      optionalJson(pair.service),
    ]),
  });
}

const optionalText = (text: string | undefined) => (text === undefined ? null : postgresText(text));
const optionalJson = (value: object | undefined) => (value === undefined ? null : JSON.stringify(value));

function insertSamples(query: Query, pairs: readonly PairRow[]): Promise<void> {
  return insertRows(query, {
    table: 'ficus.samples',
    columns: ['sample_of', 'at', 'pair_id', 'migration', 'service_build'],
    rows: pairs.flatMap((pair) =>
      samplesOf(pair).map((sampleOf) => [
        postgresText(sampleOf),
        pair.at,
        postgresText(pair.id),
        postgresText(pair.migration),
        optionalText(pair.serviceBuild),
      ]),
    ),
  });
}
