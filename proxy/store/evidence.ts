import { addCoverage, coverageOf } from './coverage.ts';
import type { Database, Query } from './database.ts';
import { addDifferenceSets, differenceSetsOf } from './difference-sets.ts';
import type { EvidenceKeyColumns, EvidenceRows, RouteCountsRow } from './model.ts';
import { postgresText } from './postgres-text.ts';
import { addHours, pruneHours } from './signature-hours.ts';
import { addSignatures, keyValues, signaturesOf } from './signatures.ts';

export interface EvidenceStore {
  /**
   * Adds `rows` to what is counted, all or nothing, and returns how the touched rows stand now. Sent again
   * under the same `incrementId` (a UUID) it adds nothing: an answer that got lost does no harm.
   */
  add(incrementId: string, rows: EvidenceRows): Promise<EvidenceRows>;
  /** What is counted under one key. */
  read(key: EvidenceKeyColumns): Promise<EvidenceRows>;
  /** Drops what was counted last before `before` (ISO time), hours of long ago, and the ids of increments older than a day. */
  prune(before: string): Promise<void>;
}

export function createEvidenceStore(database: Database): EvidenceStore {
  return {
    add: (incrementId, rows) =>
      database.transaction(async (query) => {
        const isNew = await query(
          'insert into ficus.evidence_increments (id) values ($1) on conflict do nothing returning id',
          [incrementId],
        );
        if (isNew.length > 0) await addHours(query, rows);
        const { routes, signatures, sets, coverage } = isNew.length > 0 ? rows : zeros(rows);
        return {
          routes: await addRoutes(query, routes),
          signatures: await addSignatures(query, signatures),
          sets: await addDifferenceSets(query, sets),
          coverage: await addCoverage(query, coverage),
        };
      }),

    read: (key) =>
      database.transaction(async (query) => {
        // As of one moment: what another replica adds meanwhile is in all of it or in none.
        await query('set transaction isolation level repeatable read, read only');
        return {
          routes: await readRoutes(query, key),
          signatures: await signaturesOf(query, key),
          sets: await differenceSetsOf(query, key),
          coverage: await coverageOf(query, key),
        };
      }),

    async prune(before) {
      await database.query('delete from ficus.route_evidence where counted_at < $1', [before]);
      await database.query('delete from ficus.signatures where last_seen < $1', [before]);
      await database.query('delete from ficus.difference_sets where counted_at < $1', [before]);
      await database.query('delete from ficus.coverage where counted_at < $1', [before]);
      await pruneHours(database.query);
      await database.query("delete from ficus.evidence_increments where added_at < now() - interval '1 day'");
    },
  };
}

/** Adding nothing reads the same rows. */
function zeros({ routes, signatures, sets, coverage }: EvidenceRows): EvidenceRows {
  const pairs = { agreed: 0, differed: 0, incomparable: 0, askedTwice: 0 };
  const noneTwice = { twiceBoth: 0, twiceService: 0, twiceMonolith: 0 };
  return {
    routes: routes.map((row) => ({ ...row, ...pairs, monolithLatency: [], serviceLatency: [] })),
    signatures: signatures.map((row) => ({ ...row, ...noneTwice, pairs: 0 })),
    sets: sets.map((row) => ({ ...row, pairs: 0 })),
    coverage: coverage.map((row) => ({ ...row, compared: 0, incomparable: 0 })),
  };
}

const columns = `
  migration, monolith_build as "monolithBuild", service_build as "serviceBuild", rules_hash as "rulesHash",
  route, agreed, differed, incomparable, asked_twice as "askedTwice",
  monolith_latency as "monolithLatency", service_latency as "serviceLatency"`;

function addRoutes(query: Query, rows: readonly RouteCountsRow[]): Promise<RouteCountsRow[]> {
  // In the order of the key: two replicas that add at the same time can't wait for each other in a circle.
  return query<RouteCountsRow>(
    `insert into ficus.route_evidence as kept
       (migration, monolith_build, service_build, rules_hash, route, agreed, differed, incomparable,
        asked_twice, monolith_latency, service_latency)
     select migration, monolith_build, service_build, rules_hash, route, agreed, differed, incomparable,
        asked_twice, monolith_latency::bigint[], service_latency::bigint[]
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],
        $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::text[], $11::text[])
       as added (migration, monolith_build, service_build, rules_hash, route, agreed, differed, incomparable,
        asked_twice, monolith_latency, service_latency)
     order by migration, monolith_build, service_build, rules_hash, route
     on conflict (migration, monolith_build, service_build, rules_hash, route) do update set
       agreed = kept.agreed + excluded.agreed,
       differed = kept.differed + excluded.differed,
       incomparable = kept.incomparable + excluded.incomparable,
       asked_twice = kept.asked_twice + excluded.asked_twice,
       monolith_latency = ficus.add_counts(kept.monolith_latency, excluded.monolith_latency),
       service_latency = ficus.add_counts(kept.service_latency, excluded.service_latency),
       counted_at = now()
     returning ${columns}`,
    [
      rows.map((row) => postgresText(row.migration)),
      rows.map((row) => postgresText(row.monolithBuild)),
      rows.map((row) => postgresText(row.serviceBuild)),
      rows.map((row) => postgresText(row.rulesHash)),
      rows.map((row) => postgresText(row.route)),
      rows.map((row) => row.agreed),
      rows.map((row) => row.differed),
      rows.map((row) => row.incomparable),
      rows.map((row) => row.askedTwice),
      rows.map((row) => `{${row.monolithLatency.join(',')}}`),
      rows.map((row) => `{${row.serviceLatency.join(',')}}`),
    ],
  );
}

function readRoutes(query: Query, key: EvidenceKeyColumns): Promise<RouteCountsRow[]> {
  return query<RouteCountsRow>(
    `select ${columns} from ficus.route_evidence
     where migration = $1 and monolith_build = $2 and service_build = $3 and rules_hash = $4`,
    keyValues(key),
  );
}
