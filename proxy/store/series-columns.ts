import { postgresText } from './postgres-text.ts';
import type { SeriesRow } from './series-rows.ts';

/** The columns of `ficus.series`, in the order of `valuesOf`. */
export const columnTypes = {
  migration: 'text',
  step_seconds: 'integer',
  at: 'timestamptz',
  monolith_requests: 'bigint',
  monolith_errors: 'bigint',
  monolith_latency: 'bytea',
  service_requests: 'bigint',
  service_errors: 'bigint',
  service_latency: 'bytea',
  copy_errors: 'bigint',
  copy_latency: 'bytea',
  agreed: 'bigint',
  differed: 'bigint',
  incomparable: 'bigint',
  dropped: 'jsonb',
  asked: 'double precision',
  allowed: 'double precision',
  effective: 'double precision',
  judged_pairs: 'bigint',
  judged_agreed: 'bigint',
  routes: 'integer',
  moved_routes: 'integer',
} as const;

/** A row as it is read; what is null is absent. */
export interface Columns {
  readonly migration: string;
  readonly step_seconds: number;
  readonly at_ms: number;
  readonly monolith_requests: number;
  readonly monolith_errors: number;
  readonly monolith_latency: Uint8Array;
  readonly service_requests: number;
  readonly service_errors: number;
  readonly service_latency: Uint8Array;
  readonly copy_errors: number;
  readonly copy_latency: Uint8Array;
  readonly agreed: number;
  readonly differed: number;
  readonly incomparable: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly asked?: number;
  readonly allowed?: number;
  readonly effective?: number;
  readonly judged_pairs?: number;
  readonly judged_agreed?: number;
  readonly routes?: number;
  readonly moved_routes?: number;
}

/** Of the table under the name `s`. */
export const columns = Object.keys(columnTypes)
  .map((name) => (name === 'at' ? '(extract(epoch from s.at) * 1000)::bigint as at_ms' : `s.${name}`))
  .join();

export function rowOf(row: Columns): SeriesRow {
  const { asked, allowed = 0, effective = 0, judged_pairs: judgedPairs = 0 } = row;
  const { judged_agreed: judgedAgreed = 0, routes, moved_routes: movedRoutes = 0 } = row;
  return {
    migration: row.migration,
    stepSeconds: row.step_seconds,
    atMs: row.at_ms,
    monolith: {
      requests: row.monolith_requests,
      errors: row.monolith_errors,
      latency: row.monolith_latency,
    },
    service: {
      requests: row.service_requests,
      errors: row.service_errors,
      latency: row.service_latency,
    },
    copyErrors: row.copy_errors,
    copyLatency: row.copy_latency,
    agreed: row.agreed,
    differed: row.differed,
    incomparable: row.incomparable,
    dropped: row.dropped,
    ...(asked !== undefined && {
      standing: { asked, allowed, effective, judgedPairs, judgedAgreed },
    }),
    ...(routes !== undefined && { progress: { routes, movedRoutes } }),
  };
}

export function valuesOf({ monolith, service, standing, progress, ...row }: SeriesRow): readonly unknown[] {
  return [
    postgresText(row.migration),
    row.stepSeconds,
    new Date(row.atMs).toISOString(),
    ...[monolith.requests, monolith.errors, Buffer.from(monolith.latency)],
    ...[service.requests, service.errors, Buffer.from(service.latency)],
    ...[row.copyErrors, Buffer.from(row.copyLatency)],
    ...[row.agreed, row.differed, row.incomparable],
    JSON.stringify(row.dropped),
    ...[standing?.asked, standing?.allowed, standing?.effective],
    ...[standing?.judgedPairs, standing?.judgedAgreed],
    ...[progress?.routes, progress?.movedRoutes],
  ];
}
