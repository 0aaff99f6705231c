import { z } from 'zod';
import type { Migration } from '../../routing/model.ts';
import type { AuditEntry, MigrationStateRow } from '../../store/model.ts';
import type { MigrationStates } from '../migration-states.ts';
import type { Actor, MoveResult } from '../model.ts';
import { type StandingDeps, standingOf } from '../standing.ts';
import type { TrafficHistory } from '../traffic-history.ts';
import { latchSentence } from './latch.ts';

const drillSchema = z.object({
  /** ISO time at which it began. */
  at: z.string(),
  actor: z.string(),
  /** Percent that was taken back, and given again. */
  share: z.number(),
  /** From the order until the last worker asked the monolith. */
  wayBackMs: z.number(),
  workers: z.number(),
  /** Answers to clients of this migration while it lasted, and those of them that were 5xx or none. */
  requests: z.number(),
  failed: z.number(),
});

/** What the last drill came to. */
export type DrillResult = z.infer<typeof drillSchema>;

export type DrillOutcome =
  | { readonly done: true; readonly result: DrillResult; readonly text: string; readonly warnings: string[] }
  | Extract<MoveResult, { done: false }>;

export interface DrillDeps extends StandingDeps {
  readonly migrations: () => readonly Migration[];
  readonly states: MigrationStates;
  readonly traffic: TrafficHistory;
  /** Workers with the revision that each has applied, and the revision that all have been told. */
  readonly workers: () => readonly { readonly revision: number }[];
  readonly toldRevision: () => number;
  readonly onCapsChanged: () => void;
  readonly audit: (entry: AuditEntry) => void;
  readonly wait: (ms: number) => Promise<void>;
}

export type Drill = (id: string, actor: Actor, reason: string, isSure: boolean) => Promise<DrillOutcome>;

/** Over it the monolith gets more at once than it had: that takes somebody who is sure. */
const UNASKED_SHARE = 50;
const LOOK_EVERY_MS = 2;
/** A worker that takes longer is no answer to wait for. */
const LONGEST_MS = 10_000;
/** Workers report twice a second: after that all that was asked meanwhile has been counted. */
const COUNTED_AFTER_MS = 1200;

/** What is left of the last drill in a migration's state. */
export function lastDrillOf({ detail }: Pick<MigrationStateRow, 'detail'>): DrillResult | undefined {
  const read = drillSchema.safeParse(detail['drill']);
  return read.success ? read.data : undefined;
}

/** Whether a drill is under way, here or on another replica: what it took back is not for others to settle. */
export function isDrilling({ detail }: Pick<MigrationStateRow, 'detail'>, nowMs: number): boolean {
  const since = typeof detail['drilling'] === 'string' ? Date.parse(detail['drilling']) : Number.NaN;
  return nowMs - since < LONGEST_MS + 2 * COUNTED_AFTER_MS;
}

/**
 * The way back, for real: the share is taken back as a roll back and the guard take it, with all workers and all
 * traffic there is, timed until the last worker asks the monolith, and then given again. The flag stays as it is.
 */
export function createDrill(deps: DrillDeps): Drill {
  const running = new Set<string>();
  return async (id, actor, reason, isSure) => {
    const migration = deps.migrations().find((one) => one.id === id);
    if (!migration) return refused('invalid', `There is no migration "${id}".`);
    const standing = standingOf(deps, migration);
    if (standing.latch) return refused('latched', latchSentence(id, standing.latch));
    if (standing.state.phase === 'retired') {
      const why = `${id} is retired: the monolith may know nothing of it any more, and its users would find out.`;
      return refused('invalid', `${why} ficus rollback ${id} ends that, where it still can.`);
    }
    if (standing.effective <= 0)
      return refused('invalid', `The monolith answers all of ${id}: there is nothing to take back.`);
    if (standing.effective > UNASKED_SHARE && !isSure) {
      const why = `${standing.effective} % of the users would go to the monolith at once.`;
      return refused('invalid', `${why} If it can take them: ficus drill ${id} --yes --reason …`);
    }
    if (running.has(id)) return refused('invalid', `A drill of ${id} is under way.`);
    running.add(id);
    try {
      return await run(deps, migration, standing.state, standing.effective, actor, reason);
    } finally {
      running.delete(id);
    }
  };
}

async function run(
  deps: DrillDeps,
  { id }: Migration,
  before: MigrationStateRow,
  share: number,
  actor: Actor,
  reason: string,
): Promise<DrillOutcome> {
  const { clock, states, traffic, workers, toldRevision, wait } = deps;
  const at = new Date(clock.now()).toISOString();
  const counted = totals(traffic, id);
  const startedAt = clock.monotonic();
  const taken = {
    ...before,
    revision: before.revision + 1,
    granted: 0,
    held: true,
    detail: { ...before.detail, drilling: at },
  };
  const told = toldRevision();
  states.set(taken);
  deps.onCapsChanged();
  const isBack = () => toldRevision() > told && workers().every(({ revision }) => revision >= toldRevision());
  while (!isBack() && clock.monotonic() - startedAt < LONGEST_MS) await wait(LOOK_EVERY_MS);
  const cameBack = isBack();
  const wayBackMs = Math.round((clock.monotonic() - startedAt) * 10) / 10;
  await wait(COUNTED_AFTER_MS);
  const after = totals(traffic, id);
  const result: DrillResult = {
    at,
    actor: actor.name,
    share,
    wayBackMs,
    workers: workers().length,
    requests: after.requests - counted.requests,
    failed: after.failed - counted.failed,
  };
  const warnings = giveAgain(deps, before, taken, result);
  const detail = { ...result, cameBack, warnings };
  deps.audit({ at, actor: actor.name, action: 'drill', migration: id, reason, detail });
  if (!cameBack) return refused('invalid', `After ${LONGEST_MS} ms a worker still asked the service.`);
  const failures = `${result.failed} of ${result.requests} requests meanwhile failed`;
  const text = `${id}: ${share} % were back at the monolith after ${wayBackMs} ms, in all of ${result.workers} workers; ${failures}.`;
  return { done: true, result, text, warnings };
}

/** Unless somebody, or the guard, has moved it meanwhile: what they decided is newer. */
function giveAgain(
  { states, onCapsChanged, clock }: DrillDeps,
  before: MigrationStateRow,
  taken: MigrationStateRow,
  result: DrillResult,
): string[] {
  const now = states.get(before.migration, new Date(clock.now()).toISOString());
  const isOurs = now.revision === taken.revision;
  const share = isOurs ? { granted: before.granted, held: before.held } : {};
  const { drilling: _over, ...detail } = now.detail;
  states.set({ ...now, ...share, revision: now.revision + 1, detail: { ...detail, drill: result } });
  onCapsChanged();
  return isOurs ? [] : ['It was moved meanwhile, so that its share was not given again.'];
}

function totals(traffic: TrafficHistory, id: string): { requests: number; failed: number } {
  const { monolith, service } = traffic.read(id);
  return { requests: monolith.requests + service.requests, failed: monolith.errors + service.errors };
}

function refused(code: 'latched' | 'invalid', reason: string): Extract<MoveResult, { done: false }> {
  return { done: false, code, reasons: [reason] };
}
