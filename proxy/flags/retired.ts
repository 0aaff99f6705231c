import type { FeatureSet } from './feature-set.ts';
import { serveFlag, shadowFlag } from './flag-names.ts';

/**
 * The flags as retired migrations have them: the service answers everybody and nothing is copied, whatever became of
 * their two flags, which may be deleted.
 */
export function withRetired(features: FeatureSet, retired: readonly string[]): FeatureSet {
  if (retired.length === 0) return features;
  const gone = new Set(retired.flatMap((id) => [serveFlag(id), shadowFlag(id)]));
  const serving = retired.map((id) => ({
    name: serveFlag(id),
    enabled: true,
    strategies: [{ name: 'default', parameters: {}, constraints: [] }],
  }));
  return {
    ...features,
    features: [...features.features.filter(({ name }) => !gone.has(name)), ...serving],
  };
}
