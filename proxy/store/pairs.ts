import type { Database, Query } from './database.ts';
import type { PairRow } from './model.ts';
import { createPairPartitions, type RetentionLimits } from './pair-partitions.ts';
import { canonicalJson, postgresText } from './postgres-text.ts';

export interface PairLimits extends RetentionLimits {
  /** Pairs kept of each signature, and of each route's incomparable pairs, in an hour. */
  readonly pairsPerSignature: number;
}

export const defaultPairLimits: PairLimits = {
  pairsPerSignature: 20,
  maxAgeDays: 14,
  maxBytes: 512 * 1024 * 1024,
};

export interface PairStore {
  /** Keeps what it does not have yet, all of them or none. */
  insert(pairs: readonly PairRow[]): Promise<void>;
  /** Newest first; of one build of the service when it is named. */
  pairsOfSignature(
    migration: string,
    signature: string,
    limit: number,
    serviceBuild?: string,
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
  readonly after?: Pick<PairRow, 'id' | 'at'> | undefined;
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
        });
      } catch (error) {
        // Another replica may have dropped a partition that this one knows of.
        partitions.forget();
        throw error;
      }
    },

    async pairsOfSignature(migration, signature, limit, serviceBuild) {
      const newest = await database.query<{ pair_id: string; at: string }>(
        `select pair_id, at from ficus.samples
         where sample_of = $1 and migration = $2 and ($4::text is null or service_build = $4)
         order by at desc, pair_id desc limit $3`,
        [
          postgresText(signature),
          postgresText(migration),
          limit,
          serviceBuild === undefined ? null : postgresText(serviceBuild),
        ],
      );
      if (newest.length === 0) return [];
      // By time, too: it tells the partitions.
      return database.query<PairRow>(
        `select ${columns} from ficus.pairs where id = any ($1) and at = any ($2) order by at desc, id desc`,
        [newest.map(({ pair_id }) => pair_id), newest.map(({ at }) => at)],
      );
    },

    async pair(id) {
      const rows = await database.query<PairRow>(`select ${columns} from ficus.pairs where id = $1`, [
        postgresText(id),
      ]);
      return rows[0];
    },

    differing: ({ migration, signature, after, limit }) =>
      database.query<PairRow>(
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
      ),

    prune: (limits) => partitions.prune(limits),
  };
}

/** What a pair is a sample of: its signatures, or its route when there was nothing to compare. */
export function samplesOf(pair: PairRow): string[] {
  if (pair.outcome === 'incomparable') return [`incomparable ${pair.migration} ${pair.route}`];
  return [...new Set(pair.differences.map(({ signature }) => signature))];
}

const columns = `
  id, migration, monolith_build as "monolithBuild", service_build as "serviceBuild", route, at, control, outcome,
  reason, differences, monolith_ms as "monolithMs", service_ms as "serviceMs", request, monolith, service`;

async function insertPairs(query: Query, pairs: readonly PairRow[]): Promise<void> {
  await query(
    `insert into ficus.pairs (id, migration, monolith_build, service_build, route, at, control, outcome, reason,
       differences, monolith_ms, service_ms, request, monolith, service)
     select id, migration, monolith_build, service_build, route, at, control, outcome, reason,
       differences::jsonb, monolith_ms, service_ms, request::jsonb, monolith::jsonb, service::jsonb
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[],
       $8::text[], $9::text[], $10::text[], $11::float8[], $12::float8[], $13::text[], $14::text[], $15::text[])
       as added (id, migration, monolith_build, service_build, route, at, control, outcome, reason, differences,
         monolith_ms, service_ms, request, monolith, service)
     on conflict do nothing`,
    [
      pairs.map((pair) => postgresText(pair.id)),
      pairs.map((pair) => postgresText(pair.migration)),
      pairs.map((pair) => optionalText(pair.monolithBuild)),
      pairs.map((pair) => optionalText(pair.serviceBuild)),
      pairs.map((pair) => postgresText(pair.route)),
      pairs.map((pair) => pair.at),
      pairs.map((pair) => pair.control),
      pairs.map((pair) => pair.outcome),
      pairs.map((pair) => optionalText(pair.reason)),
      pairs.map((pair) => canonicalJson(pair.differences)),
      pairs.map((pair) => pair.monolithMs),
      pairs.map((pair) => pair.serviceMs),
      pairs.map((pair) => optionalJson(pair.request)),
      pairs.map((pair) => optionalJson(pair.monolith)),
      pairs.map((pair) => optionalJson(pair.service)),
    ],
  );
}

const optionalText = (text: string | undefined) => (text === undefined ? null : postgresText(text));
const optionalJson = (value: object | undefined) => (value === undefined ? null : canonicalJson(value));

async function insertSamples(query: Query, pairs: readonly PairRow[]): Promise<void> {
  const samples = pairs.flatMap((pair) => samplesOf(pair).map((sampleOf) => ({ sampleOf, pair })));
  await query(
    `insert into ficus.samples (sample_of, at, pair_id, migration, service_build)
     select * from unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
     on conflict do nothing`,
    [
      samples.map(({ sampleOf }) => postgresText(sampleOf)),
      samples.map(({ pair }) => pair.at),
      samples.map(({ pair }) => postgresText(pair.id)),
      samples.map(({ pair }) => postgresText(pair.migration)),
      samples.map(({ pair }) => optionalText(pair.serviceBuild)),
    ],
  );
}
