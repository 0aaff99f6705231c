import type { KillStatus } from '../../delivery/kill-control.ts';
import type { MigrationStatus } from '../../delivery/model.ts';
import type { ListedSignature } from '../../evidence/list-signatures.ts';
import type { AuditRow } from '../../store/model.ts';
import type { ApiEvent, ConfigReport, Readiness, VerdictRow } from '../api-types.ts';

/** All that events are about, as it stands at one moment. */
export interface Facts {
  readonly migrations: readonly MigrationStatus[];
  readonly kill: KillStatus;
  readonly config: Pick<ConfigReport, 'hash' | 'problems'> & {
    readonly replicas?: readonly { readonly replica: string; readonly hash: string }[];
  };
  readonly readiness: Readiness;
}

/** Where each signature of a migration stands, by its id. */
export type Signatures = ReadonlyMap<string, ListedSignature['state']>;

const mostNamed = 20;

/** What somebody who knew `before` has to be told. */
export function changesBetween(before: Facts, now: Facts): ApiEvent[] {
  const events: ApiEvent[] = [];
  const known = new Map(before.migrations.map((status) => [status.id, status]));
  for (const status of now.migrations) {
    const old = known.get(status.id);
    known.delete(status.id);
    if (!old || standingOf(old) !== standingOf(status)) events.push(migrationEvent(status));
    if (old?.latch?.at !== status.latch?.at) events.push(guardEvent(status));
  }
  for (const migration of known.keys()) events.push({ type: 'migration', migration });
  if (before.kill.text !== now.kill.text || before.kill.on !== now.kill.on)
    events.push({ type: 'kill', on: now.kill.on, text: now.kill.text });
  if (configOf(before.config) !== configOf(now.config)) {
    const { hash, problems } = now.config;
    events.push({ type: 'config', hash, problems: problems.slice(0, mostNamed) });
  }
  const away = awayOf(now.readiness);
  const isOther = before.readiness.ready !== now.readiness.ready;
  if (isOther || awayOf(before.readiness).join() !== away.join())
    events.push({ type: 'parts', ready: now.readiness.ready, away: away.slice(0, mostNamed) });
  return events;
}

/** Undefined where nothing is new and nothing stands otherwise. */
export function signatureChanges(
  migration: string,
  before: Signatures,
  now: Signatures,
): ApiEvent | undefined {
  const added = [...now.keys()].filter((signature) => !before.has(signature));
  const changed = [...before].filter(([signature, state]) => now.get(signature) !== state).length;
  if (added.length === 0 && changed === 0) return undefined;
  return { type: 'signatures', migration, added: added.length, newest: added.slice(-mostNamed), changed };
}

/** A row of the audit, and the verdict that it is about. */
export function auditEvents(row: AuditRow): ApiEvent[] {
  const { seq, at, actor, action, migration, reason, detail } = row;
  const event: ApiEvent = {
    ...{ type: 'audit', seq, at, actor, action, reason },
    ...(migration !== undefined && { migration }),
  };
  const { signature, verdict } = detail;
  if (action !== 'verdict' || migration === undefined || typeof signature !== 'string') return [event];
  return [event, { type: 'verdict', migration, signature, verdict: verdict as VerdictRow['verdict'], actor }];
}

function migrationEvent({ id, phase, share, shadowShare, gate, revision }: MigrationStatus): ApiEvent {
  return { type: 'migration', migration: id, now: { phase, share, shadowShare, gate, revision } };
}

function guardEvent({ id, latch }: MigrationStatus): ApiEvent {
  return latch
    ? { type: 'guard', migration: id, state: 'tripped', latch }
    : { type: 'guard', migration: id, state: 'cleared' };
}

/** Of a status what moves, and nothing that is counted. */
function standingOf(status: MigrationStatus): string {
  const { phase, since, share, shadowShare, gate, latch, ramp, pause, override, retired, revision } = status;
  const { service, owner, builds, lastDrill, warnings } = status;
  return JSON.stringify([
    ...[phase, since, share, shadowShare, gate, latch, ramp, pause, override, retired, revision],
    ...[service, owner, builds, lastDrill, warnings],
  ]);
}

function configOf({ hash, problems, replicas }: Facts['config']): string {
  return JSON.stringify([hash, problems, replicas?.map((one) => [one.replica, one.hash])]);
}

function awayOf({ parts }: Readiness): string[] {
  return Object.entries(parts).flatMap(([name, { up }]) => (up ? [] : [name]));
}
