import type { Query } from './database.ts';
import type { CoverageRow, EvidenceKeyColumns } from './model.ts';
import { postgresText } from './postgres-text.ts';
import { keyValues } from './signatures.ts';

const columns = `
  migration, monolith_build as "monolithBuild", service_build as "serviceBuild", rules_hash as "rulesHash",
  route, dimension, value, compared, incomparable`;

/** Adds the pairs of each row to its cell. Returns how they stand. */
export function addCoverage(query: Query, rows: readonly CoverageRow[]): Promise<CoverageRow[]> {
  if (rows.length === 0) return Promise.resolve([]);
  return query<CoverageRow>(
    `insert into ficus.coverage as kept
       (migration, monolith_build, service_build, rules_hash, route, dimension, value, compared, incomparable)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::bigint[], $9::bigint[])
     order by 1, 2, 3, 4, 5, 6, 7
     on conflict (migration, monolith_build, service_build, rules_hash, route, dimension, value) do update set
       compared = kept.compared + excluded.compared,
       incomparable = kept.incomparable + excluded.incomparable,
       counted_at = now()
     returning ${columns}`,
    [
      rows.map((row) => postgresText(row.migration)),
      rows.map((row) => postgresText(row.monolithBuild)),
      rows.map((row) => postgresText(row.serviceBuild)),
      rows.map((row) => postgresText(row.rulesHash)),
      rows.map((row) => postgresText(row.route)),
      rows.map((row) => postgresText(row.dimension)),
      rows.map((row) => postgresText(row.value)),
      rows.map((row) => row.compared),
      rows.map((row) => row.incomparable),
    ],
  );
}

const readAtMost = 20_000;

export function coverageOf(query: Query, key: EvidenceKeyColumns): Promise<CoverageRow[]> {
  return query<CoverageRow>(
    `select ${columns} from ficus.coverage
     where migration = $1 and monolith_build = $2 and service_build = $3 and rules_hash = $4
     order by route, dimension, value limit $5`,
    [...keyValues(key), readAtMost],
  );
}
