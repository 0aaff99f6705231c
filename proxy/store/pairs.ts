import type { Database, Query } from './database.ts';
import type { PairRow } from './model.ts';
import { canonicalJson, postgresText } from './postgres-text.ts';

export interface PairLimits {
  /** Newest pairs kept of each signature, and of each route's incomparable pairs. */
  readonly pairsPerSignature: number;
  readonly maxAgeDays: number;
  readonly maxPairs: number;
  /** Of the texts; Postgres compresses them, and needs room of its own. */
  readonly maxBytes: number;
}

export const defaultPairLimits: PairLimits = {
  pairsPerSignature: 20,
  maxAgeDays: 14,
  maxPairs: 50_000,
  maxBytes: 512 * 1024 * 1024,
};

export interface PairStore {
  /** Keeps what it does not have yet, then the newest of every signature that was touched. */
  insert(pairs: readonly PairRow[]): Promise<void>;
  /** Newest first. */
  pairsOfSignature(migration: string, signature: string, limit: number): Promise<PairRow[]>;
  pair(id: string): Promise<PairRow | undefined>;
  /** Pairs that differ, whatever builds and rules they were compared under, oldest first; the page behind `after`. */
  differing(page: DifferingPage): Promise<PairRow[]>;
  /** Drops what is over the limits on age, number and size. */
  prune(limits: PairLimits): Promise<void>;
}

export interface DifferingPage {
  readonly migration: string;
  /** Only those that show it. */
  readonly signature?: string | undefined;
  readonly after?: Pick<PairRow, 'id' | 'at'> | undefined;
  readonly limit: number;
}

export function createPairStore(database: Database, { pairsPerSignature }: PairLimits): PairStore {
  return {
    insert: (pairs) =>
      database.transaction(async (query) => {
        // Samples may be lost with a crash of the machine; what was committed is never half there.
        await query('set local synchronous_commit = off');
        await insertPairs(query, pairs);
        await insertSamples(query, pairs);
        await keepNewest(query, [...new Set(pairs.flatMap(samplesOf))], pairsPerSignature);
      }),

    pairsOfSignature: (migration, signature, limit) =>
      database.query<PairRow>(
        `select ${columns} from ficus.pairs join ficus.samples on pair_id = id
         where sample_of = $1 and migration = $2 order by samples.at desc, id desc limit $3`,
        [postgresText(signature), postgresText(migration), limit],
      ),

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
           and ($2::text is null or exists (select from ficus.samples where pair_id = id and sample_of = $2))
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

    prune: (limits) => prune(database, limits),
  };
}

/** What a pair is a sample of: its signatures, or its route when there was nothing to compare. */
export function samplesOf(pair: PairRow): string[] {
  if (pair.outcome === 'incomparable') return [`incomparable ${pair.migration} ${pair.route}`];
  return [...new Set(pair.differences.map(({ signature }) => signature))];
}

const columns = `
  id, migration, route, pairs.at, control, outcome, reason, differences,
  monolith_ms as "monolithMs", service_ms as "serviceMs", request, monolith, service`;

async function insertPairs(query: Query, pairs: readonly PairRow[]): Promise<void> {
  const json = pairs.map((pair) => ({
    differences: canonicalJson(pair.differences),
    request: optionalJson(pair.request),
    monolith: optionalJson(pair.monolith),
    service: optionalJson(pair.service),
  }));
  await query(
    `insert into ficus.pairs (id, migration, route, at, control, outcome, reason, differences,
       monolith_ms, service_ms, request, monolith, service, bytes)
     select id, migration, route, at, control, outcome, reason, differences::jsonb,
       monolith_ms, service_ms, request::jsonb, monolith::jsonb, service::jsonb, bytes
     from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[],
       $8::text[], $9::float8[], $10::float8[], $11::text[], $12::text[], $13::text[], $14::int[])
       as added (id, migration, route, at, control, outcome, reason, differences, monolith_ms, service_ms,
         request, monolith, service, bytes)
     order by id
     on conflict (id) do nothing`,
    [
      pairs.map((pair) => postgresText(pair.id)),
      pairs.map((pair) => postgresText(pair.migration)),
      pairs.map((pair) => postgresText(pair.route)),
      pairs.map((pair) => pair.at),
      pairs.map((pair) => pair.control),
      pairs.map((pair) => pair.outcome),
      pairs.map((pair) => (pair.reason === undefined ? null : postgresText(pair.reason))),
      json.map(({ differences }) => differences),
      pairs.map((pair) => pair.monolithMs),
      pairs.map((pair) => pair.serviceMs),
      json.map(({ request }) => request),
      json.map(({ monolith }) => monolith),
      json.map(({ service }) => service),
      json.map((texts) => Object.values(texts).reduce((sum, text) => sum + (text?.length ?? 0), 0)),
    ],
  );
}

const optionalJson = (value: object | undefined) => (value === undefined ? null : canonicalJson(value));

async function insertSamples(query: Query, pairs: readonly PairRow[]): Promise<void> {
  const samples = pairs.flatMap((pair) => samplesOf(pair).map((sampleOf) => ({ sampleOf, pair })));
  await query(
    `insert into ficus.samples (sample_of, at, pair_id)
     select * from unnest($1::text[], $2::timestamptz[], $3::text[]) order by 1, 2, 3
     on conflict do nothing`,
    [
      samples.map(({ sampleOf }) => postgresText(sampleOf)),
      samples.map(({ pair }) => pair.at),
      samples.map(({ pair }) => postgresText(pair.id)),
    ],
  );
}

async function keepNewest(query: Query, sampleOfs: readonly string[], count: number): Promise<void> {
  const dropped = await query<{ pair_id: string }>(
    `delete from ficus.samples using
       unnest($1::text[]) as touched (sample_of) cross join lateral (
         select at, pair_id from ficus.samples s where s.sample_of = touched.sample_of
         order by at desc, pair_id desc offset $2) as older
     where samples.sample_of = touched.sample_of and samples.at = older.at and samples.pair_id = older.pair_id
     returning samples.pair_id`,
    [sampleOfs.map(postgresText), count],
  );
  if (dropped.length === 0) return;
  await query(
    `delete from ficus.pairs where id = any ($1)
       and not exists (select from ficus.samples where pair_id = id)`,
    [dropped.map(({ pair_id }) => pair_id)],
  );
}

/** Rows a statement drops at most, so that it ends before the statement timeout. */
const droppedAtOnce = 2_000;

async function prune({ query }: Database, limits: PairLimits): Promise<void> {
  for (;;) {
    const dropped = await query(
      `delete from ficus.pairs where id in (
         select id from (
           select id, at, row_number() over newest as place, sum(bytes) over newest as total
           from ficus.pairs window newest as (order by at desc, id desc)) as kept
         where at < now() - make_interval(days => $1) or place > $2 or total > $3
         limit $4)
       returning id`,
      [limits.maxAgeDays, limits.maxPairs, limits.maxBytes, droppedAtOnce],
    );
    if (dropped.length < droppedAtOnce) return;
  }
}
