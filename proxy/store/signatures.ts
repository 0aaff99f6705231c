import type { Database, Query } from './database.ts';
import type { EvidenceKeyColumns, SignatureCountsRow, SignatureRow } from './model.ts';
import { postgresText } from './postgres-text.ts';

/** Which evidence is meant: a migration's whole, or only that under some builds or rules. */
export type SignatureFilter = Pick<EvidenceKeyColumns, 'migration'> & Partial<EvidenceKeyColumns>;

export interface SignatureStore {
  /** Ranked by pairs, most first; at most 1,000. */
  listSignatures(filter: SignatureFilter): Promise<SignatureRow[]>;
}

const listedAtMost = 1_000;

export function createSignatureStore(database: Database): SignatureStore {
  return {
    listSignatures: ({ migration, monolithBuild, serviceBuild, rulesHash }) =>
      database.query<SignatureRow>(
        `with wanted as (
           select * from ficus.signatures
           where migration = $1 and monolith_build = coalesce($2, monolith_build)
             and service_build = coalesce($3, service_build) and rules_hash = coalesce($4, rules_hash)
           order by pairs desc, signature
           limit $5)
         select signature, migration, route, place, kind, service_build as "serviceBuild", pairs,
           coalesce(agreed + differed + incomparable, 0) as "routePairs",
           first_seen as "firstSeen", last_seen as "lastSeen", wanted.monolith, wanted.service
         from wanted
         left join ficus.route_evidence using (migration, monolith_build, service_build, rules_hash, route)
         order by pairs desc, signature`,
        [...[migration, monolithBuild, serviceBuild, rulesHash].map(storable), listedAtMost],
      ),
  };
}

const columns = `
  migration, monolith_build as "monolithBuild", service_build as "serviceBuild", rules_hash as "rulesHash",
  signature, route, place, kind, pairs, first_seen as "firstSeen", last_seen as "lastSeen", monolith, service`;

/** Adds the pairs of each row to its signature; the texts of the newer sample stay. Returns how they stand. */
export function addSignatures(
  query: Query,
  rows: readonly SignatureCountsRow[],
): Promise<SignatureCountsRow[]> {
  if (rows.length === 0) return Promise.resolve([]);
  return query<SignatureCountsRow>(
    `insert into ficus.signatures as kept
       (migration, monolith_build, service_build, rules_hash, signature, route, place, kind, pairs,
        first_seen, last_seen, monolith, service)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
        $8::text[], $9::bigint[], $10::timestamptz[], $11::timestamptz[], $12::text[], $13::text[])
     order by 1, 2, 3, 4, 5
     on conflict (migration, monolith_build, service_build, rules_hash, signature) do update set
       pairs = kept.pairs + excluded.pairs,
       first_seen = least(kept.first_seen, excluded.first_seen),
       last_seen = greatest(kept.last_seen, excluded.last_seen),
       monolith = case when excluded.last_seen < kept.last_seen then kept.monolith else excluded.monolith end,
       service = case when excluded.last_seen < kept.last_seen then kept.service else excluded.service end
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
