import type { Database, Query } from './database.ts';
import type { EvidenceKeyColumns, EvidenceRows, RouteCountsRow } from './model.ts';
import { postgresText } from './postgres-text.ts';
import { addSignatures, keyValues, signaturesOf } from './signatures.ts';

export interface EvidenceStore {
  /**
   * Adds `rows` to what is counted, all or nothing, and returns how the touched rows stand now. Sent again
   * under the same `incrementId` (a UUID) it adds nothing: an answer that got lost does no harm.
   */
  add(incrementId: string, rows: EvidenceRows): Promise<EvidenceRows>;
  /** What is counted under one key. */
  read(key: EvidenceKeyColumns): Promise<EvidenceRows>;
  /** Drops what was counted last before `before` (ISO time), and the ids of increments older than a day. */
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
        const { routes, signatures } = isNew.length > 0 ? rows : zeros(rows);
        return { routes: await addRoutes(query, routes), signatures: await addSignatures(query, signatures) };
      }),

    async read(key) {
      const [routes, signatures] = await Promise.all([
        readRoutes(database.query, key),
        signaturesOf(database.query, key),
      ]);
      return { routes, signatures };
    },

    async prune(before) {
      await database.query('delete from ficus.route_evidence where counted_at < $1', [before]);
      await database.query('delete from ficus.signatures where last_seen < $1', [before]);
      await database.query("delete from ficus.evidence_increments where added_at < now() - interval '1 day'");
    },
  };
}

/** Adding nothing reads the same rows. */
function zeros({ routes, signatures }: EvidenceRows): EvidenceRows {
  const none = { agreed: 0, differed: 0, incomparable: 0, monolithLatency: [], serviceLatency: [] };
  return {
    routes: routes.map((row) => ({ ...row, ...none })),
    signatures: signatures.map((row) => ({ ...row, pairs: 0 })),
  };
}

const columns = `
  migration, monolith_build as "monolithBuild", service_build as "serviceBuild", rules_hash as "rulesHash",
  route, agreed, differed, incomparable,
  monolith_latency as "monolithLatency", service_latency as "serviceLatency"`;

function addRoutes(query: Query, rows: readonly RouteCountsRow[]): Promise<RouteCountsRow[]> {
  // In the order of the key: two replicas that add at the same time can't wait for each other in a circle.
  return query<RouteCountsRow>(
    `insert into ficus.route_evidence as kept
       (migration, monolith_build, service_build, rules_hash, route, agreed, differed, incomparable,
        monolith_latency, service_latency)
     select migration, monolith_build, service_build, rules_hash, route, agreed, differed, incomparable,
        monolith_latency::bigint[], service_latency::bigint[]
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],
        $6::bigint[], $7::bigint[], $8::bigint[], $9::text[], $10::text[])
       as added (migration, monolith_build, service_build, rules_hash, route, agreed, differed, incomparable,
        monolith_latency, service_latency)
     order by migration, monolith_build, service_build, rules_hash, route
     on conflict (migration, monolith_build, service_build, rules_hash, route) do update set
       agreed = kept.agreed + excluded.agreed,
       differed = kept.differed + excluded.differed,
       incomparable = kept.incomparable + excluded.incomparable,
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
