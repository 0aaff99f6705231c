import { serveFlag, shadowFlag } from '../../flags/flag-names.ts';
import type { Migration } from '../../routing/model.ts';
import { minuteText } from '../../telemetry/minute-text.ts';
import type { DayRow } from '../daily-counts.ts';
import type { Actor, Deletable, MoveResult } from '../model.ts';
import { type Standing, standingOf } from '../standing.ts';
import { type MoveKit, refused, unknown } from './move-kit.ts';

const DEFAULT_AFTER_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * The service alone has it: it answers everybody whatever becomes of the flags. Refused until the monolith had no hit on
 * the migration's routes for the configured days, by counts in Postgres; rejects while that is away.
 */
export async function retire(kit: MoveKit, id: string, actor: Actor, reason: string): Promise<MoveResult> {
  const migration = kit.find(id);
  if (!migration) return unknown(id);
  const standing = standingOf(kit.deps, migration);
  if (standing.state.phase === 'retired') return refused('not_now', [`${id} is retired already.`]);
  const afterDays = migration.retire?.afterDays ?? DEFAULT_AFTER_DAYS;
  const days = (await kit.deps.countedDays?.(id, afterDays)) ?? [];
  const reasons = retireProblems({ standing, days, afterDays, nowMs: kit.deps.clock.now() });
  if (reasons.length > 0) {
    kit.audit(actor, 'refused', id, reason, { action: 'retire', reasons });
    return refused('gate_refused', reasons);
  }
  const since = kit.reconciler.nowIso();
  kit.reconciler.change(migration, {
    phase: 'retired',
    detail: { retired: { since, by: actor.name, reason } },
  });
  kit.deps.onCapsChanged();
  kit.audit(actor, 'retire', id, reason, { afterDays, days });
  const text = `${id} is retired: ${migration.service} answers everybody, with or without its flags.`;
  return kit.done(migration, text, [], { deletable: deletableOf(migration) });
}

export interface RetireFacts {
  readonly standing: Pick<Standing, 'migration' | 'state' | 'shadowShare'>;
  /** Those that were counted of the days asked, and today. */
  readonly days: readonly DayRow[];
  readonly afterDays: number;
  readonly nowMs: number;
}

/** Why a migration can't be retired, a sentence each. */
export function retireProblems({ standing, days, afterDays, nowMs }: RetireFacts): string[] {
  const { migration, state, shadowShare } = standing;
  const { id } = migration;
  if (state.phase !== 'service') {
    return [
      `${id} is in phase ${state.phase}; from phase service on, where the service answers everybody, it can be.`,
    ];
  }
  const problems: string[] = [];
  if (shadowShare > 0) {
    problems.push(`Requests are still copied to the monolith: ficus shadow ${id} --share 0% ends that.`);
  }
  if (afterDays === 0) return problems;
  const fromMs = nowMs - afterDays * DAY_MS;
  const lastHit = days.findLast(({ lastMonolithHit }) => lastMonolithHit !== undefined)?.lastMonolithHit;
  if (lastHit !== undefined && Date.parse(lastHit) > fromMs) {
    const until = new Date(Date.parse(lastHit) + afterDays * DAY_MS).toISOString().slice(0, 10);
    const hits = days.reduce((sum, { monolithHits }) => sum + monolithHits, 0);
    problems.push(
      `The monolith answered ${hits.toLocaleString('en-US')} of its requests in the last ${afterDays} days, the last at ${minuteText(lastHit)}; without another one it can be retired on ${until}.`,
    );
  }
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const counted = new Set(days.map(({ day }) => day).filter((day) => day !== today)).size;
  if (counted < afterDays) {
    problems.push(`Its requests were counted on ${counted} of the last ${afterDays} days; all are asked.`);
  }
  return problems;
}

/** What nobody needs any more. The routes stay for as long as clients come this way. */
function deletableOf({ id, routes }: Migration): Deletable {
  const settings = ['shadow', 'gate', 'coverage', 'canary', 'guard', 'contracts', 'stickBy'];
  return {
    flags: [serveFlag(id), shadowFlag(id)],
    settings: settings.map((setting) => `migrations.${id}.${setting}`),
    monolithHandlers: routes.map((route) => route.id),
  };
}
