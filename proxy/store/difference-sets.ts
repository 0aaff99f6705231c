import type { Query } from './database.ts';
import type { DifferenceSetRow, EvidenceKeyColumns } from './model.ts';
import { postgresText } from './postgres-text.ts';
import { keyValues } from './signatures.ts';

const columns = `
  migration, monolith_build as "monolithBuild", service_build as "serviceBuild", rules_hash as "rulesHash",
  route, signatures, pairs`;

/** Adds the pairs of each row to those with the same signatures. Returns how they stand. */
export function addDifferenceSets(
  query: Query,
  rows: readonly DifferenceSetRow[],
): Promise<DifferenceSetRow[]> {
  if (rows.length === 0) return Promise.resolve([]);
  // Arrays travel as texts: unnest would make one long list of an array of arrays.
  return query<DifferenceSetRow>(
    `insert into ficus.difference_sets as kept
       (migration, monolith_build, service_build, rules_hash, route, signatures, pairs)
     select migration, monolith_build, service_build, rules_hash, route,
       string_to_array(signatures, ' '), pairs
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[])
       as added (migration, monolith_build, service_build, rules_hash, route, signatures, pairs)
     order by 1, 2, 3, 4, 5, 6
     on conflict (migration, monolith_build, service_build, rules_hash, route, signatures) do update set
       pairs = kept.pairs + excluded.pairs, counted_at = now()
     returning ${columns}`,
    [
      rows.map((row) => postgresText(row.migration)),
      rows.map((row) => postgresText(row.monolithBuild)),
      rows.map((row) => postgresText(row.serviceBuild)),
      rows.map((row) => postgresText(row.rulesHash)),
      rows.map((row) => postgresText(row.route)),
      rows.map((row) => row.signatures.join(' ')),
      rows.map((row) => row.pairs),
    ],
  );
}

const readAtMost = 10_000;

export function differenceSetsOf(query: Query, key: EvidenceKeyColumns): Promise<DifferenceSetRow[]> {
  return query<DifferenceSetRow>(
    `select ${columns} from ficus.difference_sets
     where migration = $1 and monolith_build = $2 and service_build = $3 and rules_hash = $4
     order by pairs desc limit $5`,
    [...keyValues(key), readAtMost],
  );
}
