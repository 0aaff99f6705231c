import type { MigrationStatus, RampStatus } from '../../proxy/admin/api-types.ts';
import { atLeast, counted, localTime, share } from '../format.ts';

/** What there is to say of the way to the next share, as facts; empty when nobody is on it. */
export function rampFacts({ ramp, pause, retired, drift }: MigrationStatus): [string, string][] {
  return [
    ...(ramp ? [['ramp', rampText(ramp)] as [string, string]] : []),
    ...(ramp?.approvals ?? []).map(({ before, needed, given }): [string, string] => {
      const names = given.length > 0 ? `: ${given.join(', ')}` : '';
      return [
        'approval',
        `before ${share(before)}, ${given.length} of ${counted(needed, 'person', 'people')}${names}`,
      ];
    }),
    ...(pause ? [['paused', wordText(pause)] as [string, string]] : []),
    ...(retired ? [['retired', wordText(retired)] as [string, string]] : []),
    ...(drift ? [['drift', driftText(drift)] as [string, string]] : []),
  ];
}

/** `at 5%, from 0% to 100%, next 25%; since 2026-11-24 09:31:00, asked by cli:alice: first users`. */
function rampText({ from, to, step, next, since, by, reason }: RampStatus): string {
  const ahead = next === undefined ? '' : `, next ${share(next)}`;
  const who = by === 'flag' ? '' : `, asked by ${by}`;
  const why = reason === '' ? '' : `: ${reason}`;
  return `at ${share(step)}, from ${share(from)} to ${share(to)}${ahead}; since ${localTime(since)}${who}${why}`;
}

function wordText({ since, by, reason }: { since: string; by: string; reason: string }): string {
  return `since ${localTime(since)} by ${by}${reason === '' ? '' : `: ${reason}`}`;
}

function driftText(drift: NonNullable<MigrationStatus['drift']>): string {
  const { agreed, differed, incomparable, agreementAtLeast, days } = drift;
  const pairs = agreed + differed + incomparable;
  if (agreementAtLeast === undefined) return 'no request was copied back to the monolith in the last days';
  return `the monolith agrees with the service in ${atLeast(agreementAtLeast)} of ${counted(pairs, 'pair')} copied back in ${days} days, ${counted(differed, 'pair')} differed`;
}
