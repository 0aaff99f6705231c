import type { Database, Query } from './database.ts';
import type { EvidenceKeyColumns, SignatureCountsRow, SignatureRow } from './model.ts';
import { postgresText } from './postgres-text.ts';

/** Which evidence is meant: a migration's whole, or only that under some builds or rules. */
export type SignatureFilter = Pick<EvidenceKeyColumns, 'migration'> & Partial<EvidenceKeyColumns>;

export interface SignatureStore {
  /** Ranked by pairs, most first; at most 2,000. One row each, whatever builds and rules it was seen under. */
  listSignatures(filter: SignatureFilter): Promise<SignatureRow[]>;
  /** Which migration shows it, under any builds. */
  migrationOf(signature: string): Promise<string | undefined>;
  /** Of these signatures, those that were first seen under another build of the service, before `at` (ISO time). */
  seenUnderOtherBuilds(key: EvidenceKeyColumns, before: string): Promise<string[]>;
}

const listedAtMost = 2_000;

export function createSignatureStore(database: Database): SignatureStore {
  return {
    listSignatures: ({ migration, monolithBuild, serviceBuild, rulesHash }) =>
      database.query<SignatureRow>(
        `with wanted as (
           select * from ficus.signatures
           where migration = $1 and monolith_build = coalesce($2, monolith_build)
             and service_build = coalesce($3, service_build) and rules_hash = coalesce($4, rules_hash)
             and pairs > 0)
         select signature, migration, route, place, kind,
           (array_agg(service_build order by wanted.last_seen desc))[1] as "serviceBuild",
           sum(pairs)::bigint as pairs, sum(coalesce(agreed + differed + incomparable, 0))::bigint as "routePairs",
           min(first_seen) as "firstSeen", max(last_seen) as "lastSeen",
           (array_agg(wanted.monolith order by wanted.last_seen desc))[1] as monolith,
           (array_agg(wanted.service order by wanted.last_seen desc))[1] as service
         from wanted
         left join ficus.route_evidence using (migration, monolith_build, service_build, rules_hash, route)
         group by signature, migration, route, place, kind
         order by pairs desc, signature
         limit $5`,
        [...[migration, monolithBuild, serviceBuild, rulesHash].map(storable), listedAtMost],
      ),

    async migrationOf(signature) {
      const rows = await database.query<{ migration: string }>(
        'select migration from ficus.signatures where signature = $1 order by last_seen desc limit 1',
        [postgresText(signature)],
      );
      return rows[0]?.migration;
    },

    async seenUnderOtherBuilds({ migration, serviceBuild }, before) {
      const rows = await database.query<{ signature: string }>(
        `select distinct signature from ficus.signatures
         where migration = $1 and service_build <> $2 and pairs > 0 and first_seen < $3`,
        [postgresText(migration), postgresText(serviceBuild), before],
      );
      return rows.map(({ signature }) => signature);
    },
  };
}

const columns = `
  migration, monolith_build as "monolithBuild", service_build as "serviceBuild", rules_hash as "rulesHash",
  signature, route, place, kind, pairs, twice_both as "twiceBoth", twice_service as "twiceService",
  twice_monolith as "twiceMonolith", first_seen as "firstSeen", last_seen as "lastSeen", monolith, service`;

/**
 * Adds the pairs of each row to its signature; the texts of the newer sample stay. Returns how they stand. Rows
 * without a pair, which only the monolith's own two answers have shown, say nothing of when it was seen.
 */
export function addSignatures(
  query: Query,
  rows: readonly SignatureCountsRow[],
): Promise<SignatureCountsRow[]> {
  if (rows.length === 0) return Promise.resolve([]);
  return query<SignatureCountsRow>(
    `insert into ficus.signatures as kept
       (migration, monolith_build, service_build, rules_hash, signature, route, place, kind, pairs,
        first_seen, last_seen, monolith, service, twice_both, twice_service, twice_monolith)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
        $8::text[], $9::bigint[], $10::timestamptz[], $11::timestamptz[], $12::text[], $13::text[],
        $14::bigint[], $15::bigint[], $16::bigint[])
     order by 1, 2, 3, 4, 5
     on conflict (migration, monolith_build, service_build, rules_hash, signature) do update set
       pairs = kept.pairs + excluded.pairs,
       twice_both = kept.twice_both + excluded.twice_both,
       twice_service = kept.twice_service + excluded.twice_service,
       twice_monolith = kept.twice_monolith + excluded.twice_monolith,
       first_seen = case when kept.pairs = 0 then excluded.first_seen when excluded.pairs = 0 then kept.first_seen
         else least(kept.first_seen, excluded.first_seen) end,
       last_seen = case when kept.pairs = 0 then excluded.last_seen when excluded.pairs = 0 then kept.last_seen
         else greatest(kept.last_seen, excluded.last_seen) end,
       monolith = case when excluded.pairs = 0 or (kept.pairs > 0 and excluded.last_seen < kept.last_seen)
         then kept.monolith else excluded.monolith end,
       service = case when excluded.pairs = 0 or (kept.pairs > 0 and excluded.last_seen < kept.last_seen)
         then kept.service else excluded.service end
     returning ${columns}`,
    [
      rows.map((row) => postgresText(row.migration)),
      rows.map((row) => postgresText(row.monolithBuild)),
      rows.map((row) => postgresText(row.serviceBuild)),
      rows.map((row) => postgresText(row.rulesHash)),
      rows.map((row) => postgresText(row.signature)),
      rows.map((row) => postgresText(row.route)),
      rows.map((row) => postgresText(row.place)),
      rows.map((row) => postgresText(row.kind)),
      rows.map((row) => row.pairs),
      rows.map((row) => row.firstSeen),
      rows.map((row) => row.lastSeen),
      rows.map((row) => storable(row.monolith)),
      rows.map((row) => storable(row.service)),
      rows.map((row) => row.twiceBoth),
      rows.map((row) => row.twiceService),
      rows.map((row) => row.twiceMonolith),
    ],
  );
}

const storable = (text: string | undefined) => (text === undefined ? null : postgresText(text));

const readAtMost = 5_000;

export function signaturesOf(query: Query, key: EvidenceKeyColumns): Promise<SignatureCountsRow[]> {
  return query<SignatureCountsRow>(
    `select ${columns} from ficus.signatures
     where migration = $1 and monolith_build = $2 and service_build = $3 and rules_hash = $4
     order by pairs desc, signature limit $5`,
    [...keyValues(key), readAtMost],
  );
}

/** A key's columns as they are kept, in the order of the tables. */
export function keyValues(key: EvidenceKeyColumns): string[] {
  return [key.migration, key.monolithBuild, key.serviceBuild, key.rulesHash].map(postgresText);
}
