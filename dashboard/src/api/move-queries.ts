import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  AuditList,
  ContractDraft,
  ContractReport,
  MovePreview,
  RouteList,
} from '../../../proxy/admin/api-types.ts';
import { read } from './client.ts';
import { migrationPath } from './queries.ts';

/** Who a share would affect; the last answer stays while another share is being asked about. */
export const preview = (id: string, share: number) =>
  queryOptions({
    queryKey: ['preview', id, share],
    queryFn: ({ signal }) => read<MovePreview>(`${migrationPath(id)}/preview?share=${share}`, signal),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });

export const routes = (id: string) =>
  queryOptions({
    queryKey: ['routes', id],
    queryFn: ({ signal }) => read<RouteList>(`${migrationPath(id)}/routes`, signal),
    refetchInterval: 5_000,
  });

export const contracts = (id: string) =>
  queryOptions({
    queryKey: ['contracts', id],
    queryFn: ({ signal }) => read<ContractReport>(`${migrationPath(id)}/contracts`, signal),
    refetchInterval: 5_000,
  });

/** Of one kind of request; not asked for again, since somebody copies it. */
export const contractDraft = (id: string, use: string) =>
  queryOptions({
    queryKey: ['contracts', id, 'draft', use],
    queryFn: ({ signal }) =>
      read<ContractDraft>(`${migrationPath(id)}/contracts/draft?use=${encodeURIComponent(use)}`, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What became of routes.yaml lately, in force or refused. */
export const reloads = (action: 'config' | 'config-refused') =>
  queryOptions({
    queryKey: ['audit', 'reloads', action],
    queryFn: ({ signal }) => read<AuditList>(`/api/audit?limit=10&action=${action}`, signal),
    refetchInterval: 10_000,
  });
