import type { AuditRow } from '../../store/model.ts';

/** A moment at which somebody, or Ficus itself, moved a migration. */
export interface SeriesMarker {
  /** In the audit. */
  readonly seq: number;
  /** ISO time. */
  readonly at: string;
  readonly action: string;
  readonly actor: string;
  readonly reason: string;
  /** Percent, or phases, where the entry has them. */
  readonly from?: number | string;
  readonly to?: number | string;
}

/** Entries of the audit that change a share or a phase, or who may change them. */
export const markedActions = [
  'shadow',
  'promote',
  'override',
  'step',
  'phase',
  'rollback',
  'abort',
  'pause',
  'resume',
  'retire',
  'gate-closed',
  'override-ended',
  'guard',
  'guard-cleared',
  'drill',
  'flag-flipped',
  'kill',
  'kill-off',
] as const;

/** Of a span; the newest of them when there are more. */
export const maxMarkers = 200;

export function markerOf({ seq, at, action, actor, reason, detail }: AuditRow): SeriesMarker {
  const from = place(detail['from']);
  const to = place(detail['to'] ?? detail['share']);
  return {
    ...{ seq, at, action, actor, reason },
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

const place = (value: unknown): number | string | undefined =>
  typeof value === 'number' || typeof value === 'string' ? value : undefined;
