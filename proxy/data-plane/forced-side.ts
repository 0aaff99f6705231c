import { readForce } from '../flags/force-token.ts';
import type { ForceRules } from '../routing/identity.ts';
import { type Clock, systemClock } from '../telemetry/clock.ts';
import type { HeaderFields } from './header-fields.ts';
import type { LiveMigration } from './snapshot.ts';
import type { AnsweredBy } from './traffic-counts.ts';
import type { Claims } from './verified-claims.ts';

/** Whose `Ficus-Force` counts. */
export interface ForceTrust {
  /** Signs the header; undefined: a signed one counts for nothing. */
  readonly key: string | undefined;
  readonly rules: ForceRules | undefined;
  claimsOf(fields: HeaderFields): Claims;
}

/**
 * The side that `Ficus-Force` asks for, where it is signed for this migration or comes with a verified token that may
 * force; undefined otherwise, and then flags and evidence decide as for everybody. The service past the cap, but
 * never past a latch: what a guard has taken out stays out for QA, too.
 */
export function forcedSide(
  value: string,
  { migration, mayForce }: LiveMigration,
  fields: HeaderFields,
  { key, rules, claimsOf }: ForceTrust,
  clock: Clock = systemClock,
): AnsweredBy | undefined {
  const side = askedFor();
  return side === 'service' && !mayForce ? 'monolith' : side;

  function askedFor(): AnsweredBy | undefined {
    if (value === 'service' || value === 'monolith') {
      const may =
        rules !== undefined &&
        claimsOf(fields)
          .get(rules.claim)
          ?.some((one) => rules.values.includes(one));
      return may ? value : undefined;
    }
    const grant = key === undefined ? undefined : readForce(value, key, clock.now());
    return grant?.migration === migration.id ? grant.side : undefined;
  }
}
