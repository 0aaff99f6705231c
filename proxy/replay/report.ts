import { latencyPercentile } from '../telemetry/latency.ts';
import type { ReplayOrder, ReplayReport, ReplaySignature, SideLatency } from './protocol.ts';
import type { Scan } from './scan-recording.ts';
import type { TallyState } from './tally.ts';
import type { ReplayVerdicts } from './verdicts.ts';

export interface ReportFacts {
  readonly order: Pick<ReplayOrder, 'maxDifferentPercent' | 'failOnNewSignature'>;
  readonly scan: Scan;
  readonly knownSignatures: ReadonlySet<string>;
  readonly verdicts: ReplayVerdicts;
  readonly seconds: number;
  readonly stopped: boolean;
  readonly warnings: readonly string[];
}

/** The same report as of live traffic: pairs, agreement, signatures; and whether the replay is passed. */
export function reportOf(state: TallyState, facts: ReportFacts): ReplayReport {
  const { scan, knownSignatures, verdicts } = facts;
  const known = [knownSignatures, scan.signatures, verdicts];
  const signatures = Object.values(state.signatures)
    .map((one) => ({
      ...one,
      isNew: !known.some((some) => some.has(one.signature)),
      ...verdictOf(one.signature, verdicts),
    }))
    .sort((a, b) => b.pairs - a.pairs || (a.signature < b.signature ? -1 : 1));
  const monolith = latencyOf(state.monolithLatency);
  const unjudged = {
    exchanges: scan.exchanges,
    done: state.done,
    pairs: state.agreed + state.differed + state.incomparable,
    agreed: state.agreed,
    differed: state.differed,
    incomparable: state.incomparable,
    noise: state.noise,
    excused: state.excused,
    skipped: state.skipped,
    incomparableReasons: Object.entries(state.reasons)
      .map(([reason, pairs]) => ({ reason, pairs }))
      .sort((a, b) => b.pairs - a.pairs),
    routes: Object.values(state.routes),
    signatures,
    unlistedSignatures: state.unlisted,
    latency: {
      ...(monolith && { monolith }),
      service: latencyOf(state.serviceLatency) ?? { p50Ms: 0, p99Ms: 0 },
    },
    behindMs: state.behindMs,
    malformed: scan.notes.malformed,
    seconds: facts.seconds,
    stopped: facts.stopped,
    warnings: facts.warnings,
  };
  return { ...unjudged, failures: failuresOf(unjudged, facts) };
}

function verdictOf(signature: string, verdicts: ReplayVerdicts): Pick<ReplaySignature, 'verdict'> {
  const verdict = verdicts.get(signature);
  if (!verdict) return {};
  const { state, owner, reason, until } = verdict;
  return { verdict: { state, owner, reason, until } };
}

function latencyOf(counts: readonly number[]): SideLatency | undefined {
  if (!counts.some((count) => count > 0)) return undefined;
  return { p50Ms: latencyPercentile(counts, 0.5), p99Ms: latencyPercentile(counts, 0.99) };
}

/** A replay that compared nothing shows nothing, so it is not passed either. */
function failuresOf(report: Omit<ReplayReport, 'failures'>, { order }: ReportFacts): string[] {
  const { pairs, differed, incomparable, signatures, done, exchanges, stopped, unlistedSignatures } = report;
  const failures: string[] = [];
  if (stopped) failures.push(`it was stopped after ${done} of ${exchanges} exchanges`);
  if (pairs === 0 && !stopped)
    failures.push('nothing was compared: every exchange was skipped, or there was none');
  const different = differed + incomparable;
  if (different > (pairs * order.maxDifferentPercent) / 100) {
    const percent = ((different / pairs) * 100).toFixed(2);
    failures.push(
      `${differed} of ${pairs} pairs differ and ${incomparable} can't be compared (${percent} %); ${order.maxDifferentPercent} % is allowed`,
    );
  }
  const fresh = signatures.filter(({ isNew }) => isNew);
  if (order.failOnNewSignature && fresh.length + unlistedSignatures > 0) {
    const names = fresh.slice(0, 5).map(({ signature }) => signature);
    failures.push(
      `${fresh.length + unlistedSignatures} new signatures: ${names.join(', ')}${fresh.length > 5 ? ', …' : ''}`,
    );
  }
  return failures;
}
