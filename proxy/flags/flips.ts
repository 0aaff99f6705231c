import type { FeatureInterface } from 'unleash-client/lib/feature.js';
import type { FeatureSet } from './feature-set.ts';
import { killFlag } from './kill-flag.ts';
import { askedShare, formatShare } from './share.ts';

/** A flag that is not as it was. */
export interface Flip {
  readonly flag: string;
  /** What it asked for and asks for, for people: `off`, `25%`, `100% of some users`, `not there`. */
  readonly from: string;
  readonly to: string;
  /** What of it changed: `strategies`, `dependencies`, or a flag or segment that it rests on. */
  readonly changed: readonly string[];
}

/** Of the named flags, those that differ between two sets; a change of a parent or of a segment is theirs. */
export function flipsBetween(before: FeatureSet, after: FeatureSet, flags: readonly string[]): Flip[] {
  return flags.flatMap((flag) => {
    const changed = changesOf(flag, before, after);
    if (changed.length === 0) return [];
    return [{ flag, from: sayAsked(before, flag), to: sayAsked(after, flag), changed }];
  });
}

function changesOf(flag: string, before: FeatureSet, after: FeatureSet): string[] {
  const [old, next] = [featureOf(before, flag), featureOf(after, flag)];
  if (!old && !next) return [];
  if (!old || !next) return ['the flag itself'];
  const parts = (['enabled', 'strategies', 'variants', 'dependencies'] as const).filter(
    (part) => !isSame(old[part] ?? [], next[part] ?? []),
  );
  const parents = (next.dependencies ?? [])
    .map(({ feature }) => feature)
    .filter((parent) => changesOf(parent, before, after).length > 0);
  const segments = segmentsOf(next).filter(
    (id) => !isSame(segmentOf(before, id), segmentOf(after, id)) && segmentsOf(old).includes(id),
  );
  return [...parts, ...parents.map((name) => `flag ${name}`), ...segments.map((id) => `segment ${id}`)];
}

function sayAsked(set: FeatureSet, flag: string): string {
  const feature = featureOf(set, flag);
  if (!feature) return 'not there';
  if (!feature.enabled) return 'off';
  if (flag === killFlag) return 'on';
  const { percent, constrained } = askedShare(set, flag);
  return `${formatShare(percent)}${constrained ? ' of some users' : ''}`;
}

const featureOf = ({ features }: FeatureSet, flag: string): FeatureInterface | undefined =>
  features.find(({ name }) => name === flag);

const segmentOf = ({ segments }: FeatureSet, id: number) => segments.find((segment) => segment.id === id);

const segmentsOf = ({ strategies = [] }: FeatureInterface): number[] => [
  ...new Set(strategies.flatMap(({ segments = [] }) => segments)),
];

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
