import type { Database, Query } from './database.ts';
import type { EvidenceRows } from './model.ts';
import { postgresText } from './postgres-text.ts';

/** What one build of the service showed of a signature in one hour. */
export interface SignatureHour {
  /** ISO time at which the hour begins. */
  readonly hour: string;
  readonly serviceBuild: string;
  /** Pairs that showed it, of those of its route. */
  readonly pairs: number;
  readonly routePairs: number;
  /** Of the pairs whose request the monolith answered twice: those that show it against the service, and with itself. */
  readonly askedTwice: { readonly pairs: number; readonly service: number; readonly monolith: number };
}

export interface SignatureHourStore {
  /** Oldest first, from an ISO time on; hours in which the route had no pair are absent. */
  of(migration: string, signature: string, route: string, since: string): Promise<SignatureHour[]>;
}

interface HourColumns {
  readonly hour: string;
  readonly serviceBuild: string;
  readonly pairs: number;
  readonly routePairs: number;
  readonly twicePairs: number;
  readonly twiceService: number;
  readonly twiceMonolith: number;
}

export const keptHours = 14 * 24;

export function createSignatureHourStore(database: Database): SignatureHourStore {
  return {
    async of(migration, signature, route, since) {
      const rows = await database.query<HourColumns>(
        `select r.hour, r.service_build as "serviceBuild", coalesce(s.pairs, 0) as pairs, r.pairs as "routePairs",
           r.asked_twice as "twicePairs", coalesce(s.twice_service, 0) as "twiceService",
           coalesce(s.twice_monolith, 0) as "twiceMonolith"
         from ficus.route_hours r
         left join ficus.signature_hours s
           on s.migration = r.migration and s.hour = r.hour and s.service_build = r.service_build and s.signature = $2
         where r.migration = $1 and r.route = $3 and r.hour >= $4
         order by r.hour, r.service_build`,
        [postgresText(migration), postgresText(signature), postgresText(route), since],
      );
      return rows.map(({ hour, serviceBuild, pairs, routePairs, ...twice }) => ({
        hour,
        serviceBuild,
        pairs,
        routePairs,
        askedTwice: {
          pairs: twice.twicePairs,
          service: twice.twiceService,
          monolith: twice.twiceMonolith,
        },
      }));
    },
  };
}

/** Adds counted pairs to the present hour. What waited for Postgres is counted in the hour in which it arrives. */
export async function addHours(query: Query, { routes, signatures }: EvidenceRows): Promise<void> {
  // In one order everywhere, so that two replicas never wait for each other in a circle.
  if (routes.length > 0) {
    await query(
      `insert into ficus.route_hours as kept (migration, route, hour, service_build, pairs, asked_twice)
       select migration, route, date_trunc('hour', now(), 'UTC'), service_build, sum(pairs), sum(asked_twice)
       from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
         as added (migration, route, service_build, pairs, asked_twice)
       group by migration, route, service_build order by migration, route, service_build
       on conflict (migration, route, hour, service_build) do update set
         pairs = kept.pairs + excluded.pairs, asked_twice = kept.asked_twice + excluded.asked_twice`,
      [
        routes.map((row) => postgresText(row.migration)),
        routes.map((row) => postgresText(row.route)),
        routes.map((row) => postgresText(row.serviceBuild)),
        routes.map((row) => row.agreed + row.differed + row.incomparable),
        routes.map((row) => row.askedTwice),
      ],
      'route hours',
    );
  }
  if (signatures.length > 0) {
    await query(
      `insert into ficus.signature_hours as kept
         (migration, signature, hour, service_build, pairs, twice_service, twice_monolith)
       select migration, signature, date_trunc('hour', now(), 'UTC'), service_build, sum(pairs), sum(twice_service),
         sum(twice_monolith)
       from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])
         as added (migration, signature, service_build, pairs, twice_service, twice_monolith)
       group by migration, signature, service_build order by migration, signature, service_build
       on conflict (migration, signature, hour, service_build) do update set
         pairs = kept.pairs + excluded.pairs, twice_service = kept.twice_service + excluded.twice_service,
         twice_monolith = kept.twice_monolith + excluded.twice_monolith`,
      [
        signatures.map((row) => postgresText(row.migration)),
        signatures.map((row) => postgresText(row.signature)),
        signatures.map((row) => postgresText(row.serviceBuild)),
        signatures.map((row) => row.pairs),
        signatures.map((row) => row.twiceBoth + row.twiceService),
        signatures.map((row) => row.twiceBoth + row.twiceMonolith),
      ],
      'signature hours',
    );
  }
}

export async function pruneHours(query: Query): Promise<void> {
  for (const table of ['ficus.signature_hours', 'ficus.route_hours'])
    await query(`delete from ${table} where hour < now() - $1::int * interval '1 hour'`, [keptHours]);
}
