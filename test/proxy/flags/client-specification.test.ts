import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { createFlagEvaluator, type FlagContext } from '../../../proxy/flags/evaluate.ts';
import { type FeatureSet, readFeatureSet } from '../../../proxy/flags/feature-set.ts';

interface Specification {
  readonly name: string;
  readonly state: Record<string, unknown>;
  readonly tests?: readonly Vector<boolean>[];
  readonly variantTests?: readonly Vector<{ readonly name: string; readonly feature_enabled: boolean }>[];
}

interface Vector<T> {
  readonly description: string;
  readonly context: FlagContext;
  readonly toggleName: string;
  readonly expectedResult: T;
}

const load = createRequire(import.meta.url);
const folder = '@unleash/client-specification/specifications';
/** How a client follows the stream of changes; what is evaluated is what came of it. */
const ofStreams = /delta-api/;
const names = (load(`${folder}/index.json`) as string[]).filter((name) => !ofStreams.test(name));

/** Every specification as a server would have sent it, through the same reading that a server's answer takes. */
function featuresOf({ state, name }: Specification, ...more: unknown[]): FeatureSet {
  const features = [...(state['features'] as unknown[]), ...more];
  const read = readFeatureSet({ ...state, features });
  assert.ok(read.ok, `${name}: ${read.ok ? '' : read.problems.join('; ')}`);
  return read.set;
}

describe("Unleash's client specification", () => {
  for (const name of names) {
    const specification = load(`${folder}/${name}`) as Specification;
    test(name, () => {
      const evaluator = createFlagEvaluator(featuresOf(specification));
      for (const { description, toggleName, context, expectedResult } of specification.tests ?? []) {
        assert.equal(evaluator.isOn(toggleName, context), expectedResult, description);
      }
      for (const vector of specification.variantTests ?? []) assertVariant(specification, vector);
    });
  }
});

/** Variants decide here where a flag depends on a variant of another; so each is asked for by such a flag. */
function assertVariant(
  specification: Specification,
  { description, toggleName, context, expectedResult }: NonNullable<Specification['variantTests']>[number],
): void {
  const parent = (specification.state['features'] as { name: string; dependencies?: unknown[] }[]).find(
    (feature) => feature.name === toggleName,
  );
  // Unleash knows no grandparents.
  if (!parent || (parent.dependencies?.length ?? 0) > 0) return;
  const child = {
    name: 'asks-for-the-variant',
    enabled: true,
    strategies: [],
    dependencies: [{ feature: toggleName, enabled: true, variants: [expectedResult.name] }],
  };
  const evaluator = createFlagEvaluator(featuresOf(specification, child));
  assert.equal(evaluator.isOn(child.name, context), expectedResult.feature_enabled, description);
}
