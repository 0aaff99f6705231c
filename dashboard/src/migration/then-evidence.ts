import { count, ratio } from '../format.ts';

/** Where a migration stood when something was done to it, as the audit keeps it. */
export interface ThenEvidence {
  readonly gate: string;
  readonly phase: string;
  readonly share: { readonly asked: number; readonly allowed: number; readonly effective: number };
  /** In words. */
  readonly pairs: string;
  readonly builds: string;
  /** What stood in the way. */
  readonly unmet: readonly string[];
}

/** Undefined for what is none: rows of the audit outlive the Ficus that wrote them. */
export function readEvidence(written: unknown): ThenEvidence | undefined {
  if (!isRecord(written)) return undefined;
  const { gate, phase, share, pairs, key, unmet } = written;
  if (typeof gate !== 'string' || typeof phase !== 'string' || !isRecord(share)) return undefined;
  return {
    gate,
    phase,
    share: {
      asked: number(share, 'asked'),
      allowed: number(share, 'allowed'),
      effective: number(share, 'effective'),
    },
    pairs: pairsInWords(isRecord(pairs) ? pairs : {}),
    builds: buildsInWords(isRecord(key) ? key : {}),
    unmet: Array.isArray(unmet) ? unmet.filter((text) => typeof text === 'string') : [],
  };
}

function pairsInWords(pairs: Readonly<Record<string, unknown>>): string {
  const total = number(pairs, 'agreed') + number(pairs, 'differed') + number(pairs, 'incomparable');
  if (total === 0) return 'No pairs yet';
  const bound = pairs['agreementAtLeast'];
  const agreement = typeof bound === 'number' ? `agreement at least ${ratio(bound)}` : 'agreement not known';
  return `${count(total)} pairs, ${agreement}`;
}

function buildsInWords(key: Readonly<Record<string, unknown>>): string {
  return `monolith ${String(key['monolithBuild'] ?? 'unknown')}, service ${String(key['serviceBuild'] ?? 'unknown')}`;
}

const number = (from: Readonly<Record<string, unknown>>, name: string): number =>
  typeof from[name] === 'number' ? from[name] : 0;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
