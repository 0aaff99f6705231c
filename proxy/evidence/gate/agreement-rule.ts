import type { Migration } from '../../routing/model.ts';
import type { GateFacts, GateReason, ReasonState, RouteEvidence } from '../model.ts';
import { cleanPairsNeeded, wilsonLowerBound } from '../wilson.ts';
import { routeCounts, sumOf, totalPairs } from './shown-routes.ts';
import { counted, percentAsked, percentAtLeast, percentOf } from './wording.ts';

type Counts = Omit<RouteEvidence, 'route'>;

/** What is asked of some counts, and what else is known of them. */
interface Asking {
  readonly asked: number;
  readonly migration: string;
  /** Pairs that show bugs somebody judged. */
  readonly bugPairs: number;
}

/**
 * The lower Wilson bound over the whole migration, and each route whose own bound is lower than asked. A
 * route holds the gate by itself when pairs of it do not agree; one that merely has few pairs is named.
 */
export function agreementRule(migration: Migration, facts: GateFacts): GateReason[] {
  const asked = migration.gate.agreement;
  const routes = routeCounts(migration, facts).filter((route) => totalPairs(route) > 0);
  const ids = new Set(routes.map(({ route }) => route));
  const asking = (of: ReadonlySet<string>) => ({
    asked,
    migration: migration.id,
    bugPairs: facts.judgements.bugs.reduce((sum, { route, pairs }) => sum + (of.has(route) ? pairs : 0), 0),
  });
  const whole = overall(sumOf(routes), asking(ids));
  const alones = routes.length < 2 ? [] : routes.filter((route) => boundOf(route) < asked);
  const reasons = [whole, ...alones.map((route) => alone(route, asking(new Set([route.route]))))];
  return facts.verdictsKnown ? reasons : reasons.map(undecided);
}

/** While nobody has read what is expected, pairs that differ do not speak against the step yet. */
function undecided(reason: GateReason): GateReason {
  return reason.state === 'refused' ? { ...reason, state: 'waiting' } : reason;
}

function overall(counts: Counts, asking: Asking): GateReason {
  const { asked } = asking;
  const total = totalPairs(counts);
  const bound = boundOf(counts);
  const known =
    total === 0
      ? `Nothing is known of agreement yet; ${percentAsked(asked)} is asked`
      : `Agreement is at least ${percentAtLeast(bound)} of ${counted(total, 'pair')}; ${percentAsked(asked)} is asked`;
  const notes = `${excusedNote(counts)}${incomparableNote(counts)}`;
  if (bound >= asked) return { rule: 'agreement', state: 'met', text: `${known}.${notes}` };
  return {
    rule: 'agreement',
    state: unmetState(counts, asked),
    text: `${known}; ${wouldDo(counts, asking)}.${notes}`,
  };
}

function alone(counts: RouteEvidence, asking: Asking): GateReason {
  const { asked } = asking;
  const { route, agreed } = counts;
  const total = totalPairs(counts);
  const bound = percentAtLeast(boundOf(counts));
  if (agreed === total) {
    const text =
      `${route} alone: ${total === 1 ? 'its one pair agrees' : `all ${counted(total, 'pair')} agree`}, ` +
      `too few to show ${percentAsked(asked)} by themselves (at least ${bound}).`;
    return { rule: 'agreement', state: 'met', route, text };
  }
  const text =
    `${route} alone: agreement is at least ${bound} of ${counted(total, 'pair')}; ` +
    `${percentAsked(asked)} is asked; ${wouldDo(counts, asking)}.${incomparableNote(counts)}`;
  return { rule: 'agreement', state: unmetState(counts, asked), route, text };
}

const boundOf = (counts: Counts) => wilsonLowerBound(counts.agreed, totalPairs(counts));

/** Too few pairs is a matter of time; pairs that differ speak against the step. */
function unmetState(counts: Counts, asked: number): ReasonState {
  const reachable = cleanPairsNeeded(counts.agreed, totalPairs(counts), asked) !== undefined;
  return counts.differed === 0 && reachable ? 'waiting' : 'refused';
}

/** The smallest number of clean pairs, or why they will not come and what else would do. */
function wouldDo(counts: Counts, { asked, migration, bugPairs }: Asking): string {
  const needed = cleanPairsNeeded(counts.agreed, totalPairs(counts), asked);
  if (needed === undefined) return 'no number of pairs proves that; ask for less in gate.agreement';
  const clean = `${counted(needed, 'more clean pair')} would do`;
  if (bugPairs > 0) {
    const pairs = counted(bugPairs, 'pair');
    return `${clean}, but ${pairs} ${bugPairs === 1 ? 'shows a bug that is' : 'show bugs that are'} judged: a build without them starts anew`;
  }
  const disagreeing = (counts.differed + counts.incomparable) / totalPairs(counts);
  // Of what comes like this, no number ever reaches what is asked.
  if (!(disagreeing > 1 - asked)) return clean;
  const what =
    counts.differed > 0
      ? `judge or repair what differs (\`ficus diffs ${migration}\`)`
      : 'see why they cannot be compared (shadow.timeoutMs, shadow.maxBodyBytes)';
  return `${clean}, but not of pairs like these, ${percentOf(disagreeing)} of which do not agree: ${what}`;
}

function excusedNote({ excused = 0 }: Counts): string {
  if (excused === 0) return '';
  return ` ${counted(excused, 'pair')} ${excused === 1 ? 'differs' : 'differ'} only in noise or in what is expected, and ${excused === 1 ? 'agrees' : 'agree'}.`;
}

function incomparableNote({ incomparable }: Counts): string {
  if (incomparable === 0) return '';
  return incomparable === 1
    ? ' 1 pair could not be compared and counts as not agreeing.'
    : ` ${counted(incomparable, 'pair')} could not be compared and count as not agreeing.`;
}
