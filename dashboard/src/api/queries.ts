import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type {
  AuditCheck,
  AuditList,
  ConfigReport,
  GateAnswer,
  KillStatus,
  LoginWays,
  MigrationList,
  MigrationStatus,
  Readiness,
  SessionInfo,
  SignatureDetail,
  SignatureHours,
  SignatureList,
} from '../../../proxy/admin/api-types.ts';
import { pollEvery } from '../live/stream.ts';
import { read, setCsrf } from './client.ts';

/** How often what changes is asked for again; only in a tab that somebody looks at. */
const liveMs = pollEvery(2_000);
const evidenceMs = pollEvery(5_000);

const part = encodeURIComponent;
export const migrationPath = (id: string): string => `/api/migrations/${part(id)}`;

export const session = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => {
    const info = await read<SessionInfo>('/api/session', signal);
    setCsrf(info.csrf);
    return info;
  },
  staleTime: 60_000,
});

/** Told before any login. */
export const loginWays = queryOptions({
  queryKey: ['login'],
  queryFn: ({ signal }) => read<LoginWays>('/api/login', signal),
});

export const migrations = queryOptions({
  queryKey: ['migrations'],
  queryFn: ({ signal }) => read<MigrationList>('/api/migrations', signal),
  refetchInterval: liveMs,
});

export const migration = (id: string) =>
  queryOptions({
    queryKey: ['migrations', id],
    queryFn: ({ signal }) => read<MigrationStatus>(migrationPath(id), signal),
    refetchInterval: liveMs,
  });

export const gate = (id: string) =>
  queryOptions({
    queryKey: ['gate', id],
    queryFn: ({ signal }) => read<GateAnswer>(`${migrationPath(id)}/gate`, signal),
    refetchInterval: liveMs,
  });

export const kill = queryOptions({
  queryKey: ['kill'],
  queryFn: ({ signal }) => read<KillStatus>('/api/kill', signal),
  refetchInterval: liveMs,
});

export const signatures = (id: string) =>
  queryOptions({
    queryKey: ['signatures', id],
    queryFn: ({ signal }) => allSignatures(id, signal),
    refetchInterval: evidenceMs,
  });

/** All of them: what is filtered and ranked on the page must not be a part. */
async function allSignatures(id: string, signal: AbortSignal): Promise<SignatureList> {
  const path = `${migrationPath(id)}/signatures`;
  const first = await read<SignatureList>(path, signal);
  const all = [...first.signatures];
  for (let cursor = first.nextCursor; cursor !== undefined; ) {
    const next = await read<SignatureList>(`${path}?cursor=${cursor}`, signal);
    all.push(...next.signatures);
    cursor = next.nextCursor;
  }
  return { signatures: all };
}

/** Not asked for again by itself: pairs must not change under somebody who reads them. */
export const signature = (id: string, of: string) =>
  queryOptions({
    queryKey: ['signatures', id, of],
    queryFn: ({ signal }) =>
      read<SignatureDetail>(`${migrationPath(id)}/signatures/${part(of)}?limit=10`, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** By hour, of the last two weeks. */
export const signatureHours = (id: string, of: string) =>
  queryOptions({
    queryKey: ['signature-hours', id, of],
    queryFn: ({ signal }) =>
      read<SignatureHours>(`${migrationPath(id)}/signatures/${part(of)}/hours`, signal),
    refetchInterval: 60_000,
  });

const auditPageSize = 100;

export const audit = infiniteQueryOptions({
  queryKey: ['audit', 'pages'],
  queryFn: ({ pageParam, signal }) =>
    read<AuditList>(
      `/api/audit?limit=${auditPageSize}${pageParam === '' ? '' : `&cursor=${pageParam}`}`,
      signal,
    ),
  initialPageParam: '',
  getNextPageParam: ({ nextCursor }) => nextCursor,
});

/** Of one migration, the newest. */
export const recentAudit = (id: string) =>
  queryOptions({
    queryKey: ['audit', 'recent', id],
    queryFn: ({ signal }) => read<AuditList>(`/api/audit?limit=20&migration=${part(id)}`, signal),
    refetchInterval: evidenceMs,
  });

/** It reads every row: only when asked. */
export const auditCheck = queryOptions({
  queryKey: ['audit', 'check'],
  queryFn: ({ signal }) => read<AuditCheck>('/api/audit/verification', signal),
  enabled: false,
});

export const config = queryOptions({
  queryKey: ['config'],
  queryFn: ({ signal }) => read<ConfigReport>('/api/config', signal),
  refetchInterval: evidenceMs,
});

export const readiness = queryOptions({
  queryKey: ['readiness'],
  queryFn: ({ signal }) => read<Readiness>('/readyz', signal),
  refetchInterval: evidenceMs,
});
