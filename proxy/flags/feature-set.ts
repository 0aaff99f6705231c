import type { FeatureInterface } from 'unleash-client/lib/feature.js';
import type { Segment } from 'unleash-client/lib/strategy/strategy.js';
import { z } from 'zod';

/** Flags in Unleash's own client format, as its servers send it and flags.json holds it. */
export interface FeatureSet {
  readonly version: number;
  readonly features: readonly FeatureInterface[];
  readonly segments: readonly Segment[];
}

export const emptyFeatureSet: FeatureSet = Object.freeze({ version: 2, features: [], segments: [] });

export type ReadFeatureSet =
  | { readonly ok: true; readonly set: FeatureSet }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Checks what a file or a server says before anything evaluates it: unleash-client takes a field of the
 * wrong type at its word and throws where a request waits. What it does not know is kept.
 */
export function readFeatureSet(value: unknown): ReadFeatureSet {
  const parsed = featureSetSchema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${pathText(path)}${message}`);
    return { ok: false, problems };
  }
  const { features, segments } = parsed.data;
  const problems = [
    ...repeated(features.map(({ name }) => name)).map((name) => `has the flag ${JSON.stringify(name)} twice`),
    ...repeated(segments.map(({ id }) => id)).map((id) => `has the segment ${id} twice`),
  ];
  if (problems.length > 0) return { ok: false, problems };
  // Checked just now; zod's types only differ in what may also be undefined.
  return { ok: true, set: { ...parsed.data, features: features.map(withoutDisabled) } as FeatureSet };
}

const constraint = z.looseObject({
  contextName: z.string(),
  operator: z.string(),
  values: z.array(z.string()).default([]),
  value: z.union([z.string(), z.number()]).nullish(),
  inverted: z.boolean().default(false),
  caseInsensitive: z.boolean().optional(),
});

const strategy = z.looseObject({
  name: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).default({}),
  constraints: z.array(constraint).default([]),
  segments: z.array(z.number()).optional(),
  disabled: z.boolean().nullish(),
});

const feature = z.looseObject({
  name: z.string().min(1).max(200),
  enabled: z.boolean(),
  strategies: z.array(strategy),
  dependencies: z
    .array(
      z.looseObject({
        feature: z.string(),
        enabled: z.boolean().optional(),
        variants: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});

const featureSetSchema = z.looseObject({
  version: z.number().default(2),
  features: z.array(feature),
  segments: z.array(z.looseObject({ id: z.number(), constraints: z.array(constraint) })).default([]),
});

/** As a server does before it sends them: a flag whose every strategy is disabled is off, not on for all. */
function withoutDisabled(feature: z.infer<typeof featureSetSchema>['features'][number]) {
  const strategies = feature.strategies.filter(({ disabled }) => disabled !== true);
  const allDisabled = strategies.length === 0 && feature.strategies.length > 0;
  return { ...feature, strategies, enabled: feature.enabled && !allDisabled };
}

function repeated<T>(values: readonly T[]): T[] {
  const seen = new Set<T>();
  return values.filter((value) => seen.has(value) || !seen.add(value));
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return text === '' ? '' : `${text.replace(/^\./, '')}: `;
}
