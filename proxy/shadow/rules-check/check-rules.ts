import { type CompareSettings, compareAnswers, readPair } from '../compare/compare-pair.ts';
import { defaultCompareLimits } from '../compare/limits.ts';
import type { ComparedMigration } from '../compared-migration.ts';
import { compileJob } from '../comparer-job.ts';
import { createRedactor } from '../redact.ts';
import { answerFaults } from './answer-faults.ts';
import type { Fault, FaultKind } from './fault.ts';
import type { RecordedPair } from './recorded-pair.ts';

/** Faults of one kind at one place that nobody would see, and the rule to thank for that. */
export interface HiddenFault {
  readonly route: string;
  readonly place: string;
  readonly kind: FaultKind;
  /** Undefined: it is not compared at all, whatever the rules. */
  readonly rule: string | undefined;
}

export interface RouteCheck {
  readonly route: string;
  readonly pairs: number;
  readonly faults: number;
  readonly seen: number;
  /** Nothing that goes wrong in its bodies, or anywhere, would be seen. */
  readonly blind: 'body' | 'whole' | undefined;
}

export interface RulesCheck {
  readonly migration: string;
  readonly routes: readonly RouteCheck[];
  readonly hidden: readonly HiddenFault[];
}

/** More pairs of one route show nothing new. */
const maxPairsOfRoute = 20;

/**
 * Makes one fault after the other in what the monolith answered, and compares with the rules: what is not
 * seen then would not be seen of a service either. The same pairs and rules give the same report.
 */
export function checkRules(migration: ComparedMigration, pairs: readonly RecordedPair[]): RulesCheck {
  const job = compileJob(migration, createRedactor(new Uint8Array(32)), defaultCompareLimits);
  const hidden = new Map<string, HiddenFault>();
  const byRoute = Map.groupBy(pairs, ({ route }) => route);
  const routes = [...byRoute].map(([route, all]): RouteCheck => {
    const rules = job.rulesFor(route);
    // What the monolith calls itself is the same on both sides: both answers are its own.
    const upstreams = { monolith: job.upstreams.monolith, service: job.upstreams.monolith };
    const settings: CompareSettings = { rules, upstreams, limits: job.limits, candidate: 'service' };
    const tried = { all: 0, seen: 0, body: 0, bodySeen: 0, pairs: 0 };
    for (const pair of all.slice(0, maxPairsOfRoute)) {
      const read = readPair({ monolith: pair.answer, service: pair.answer }, job.limits);
      if (!read.ok) continue;
      tried.pairs++;
      const context = { ...pair, request: { ...pair.request, body: new Uint8Array() } };
      for (const fault of answerFaults(read.monolith)) {
        for (const rule of rules.all) rule.mattered = false;
        const isSeen = compareAnswers(context, read.monolith, fault.answer, settings).length > 0;
        count(tried, fault, isSeen);
        if (isSeen) continue;
        const rule = rules.all.find(({ mattered }) => mattered)?.text;
        const { place, kind } = fault;
        hidden.set(JSON.stringify([route, place, kind, rule]), { route, place, kind, rule });
      }
    }
    return { route, pairs: tried.pairs, faults: tried.all, seen: tried.seen, blind: blindness(tried) };
  });
  return { migration: migration.id, routes, hidden: [...hidden.values()] };
}

interface Tried {
  all: number;
  seen: number;
  body: number;
  bodySeen: number;
}

function count(tried: Tried, { part }: Fault, isSeen: boolean): void {
  tried.all++;
  if (isSeen) tried.seen++;
  if (part !== 'body') return;
  tried.body++;
  if (isSeen) tried.bodySeen++;
}

function blindness({ all, seen, body, bodySeen }: Tried): RouteCheck['blind'] {
  if (all > 0 && seen === 0) return 'whole';
  return body > 0 && bodySeen === 0 ? 'body' : undefined;
}
