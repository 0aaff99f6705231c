import { EventEmitter } from 'node:events';
import type { Context } from 'unleash-client';
import client from 'unleash-client/lib/client.js';
import type { EnhancedFeatureInterface, FeatureInterface } from 'unleash-client/lib/feature.js';
import type { RepositoryInterface } from 'unleash-client/lib/repository/index.js';
import { defaultStrategies } from 'unleash-client/lib/strategy/index.js';
import type { Segment, StrategyTransportInterface } from 'unleash-client/lib/strategy/strategy.js';
import type { FeatureSet } from './feature-set.ts';
import { isConstrained, needsSomebody, rolloutOf } from './rollout.ts';

export type FlagContext = Pick<Context, 'userId' | 'sessionId' | 'remoteAddress' | 'properties'>;

/** Decides flags for one immutable set. An unknown flag is off. */
export interface FlagEvaluator {
  isOn(flag: string, context: FlagContext): boolean;
  /** Off for everybody, known without asking: such a request costs nothing more. */
  isOff(flag: string): boolean;
  /** On for everybody, also for those who bring no value to stick by. */
  isOnForAll(flag: string): boolean;
}

/** The package's entry loads all that fetches and reports, too: for a worker that is half of its start. */
const UnleashClient = client.default;
/** What unleash-client itself adds to every context. */
const staticContext = { appName: 'ficus', environment: 'default' };
const off = (): boolean => false;

/** Evaluation is unleash-client's own; it is given its features here and neither fetches nor writes anything. */
export function createFlagEvaluator(set: FeatureSet): FlagEvaluator {
  const unleash = new UnleashClient(new FixedRepository(set), defaultStrategies);
  // It warns about what it cannot evaluate; such a flag is off, and an 'error' nobody hears would be thrown.
  unleash.on('error', () => {});
  const asking = new Set(set.features.filter((feature) => !isOff(feature)).map(({ name }) => name));
  const forAll = new Set(set.features.filter(isOnForAll).map(({ name }) => name));

  function evaluate(flag: string, context: FlagContext): boolean {
    try {
      return unleash.isEnabled(flag, { ...staticContext, ...context }, off);
    } catch {
      // A parameter of a kind that its strategy does not expect; a request must not fail over it.
      return false;
    }
  }
  return {
    isOn: (flag, context) => forAll.has(flag) || (asking.has(flag) && evaluate(flag, context)),
    isOff: (flag) => !asking.has(flag),
    isOnForAll: (flag) => forAll.has(flag),
  };
}

/** The features of one set, for unleash-client to read. */
class FixedRepository extends EventEmitter implements RepositoryInterface {
  readonly #features: ReadonlyMap<string, FeatureInterface>;
  readonly #segments: ReadonlyMap<number, Segment>;

  constructor(set: FeatureSet) {
    super();
    this.#features = new Map(set.features.map((feature) => [feature.name, feature]));
    this.#segments = new Map(set.segments.map((segment) => [segment.id, segment]));
  }

  getToggle(name: string): FeatureInterface | undefined {
    return this.#features.get(name);
  }

  getToggles(): FeatureInterface[] {
    return [...this.#features.values()];
  }

  /** Asked for by nobody here: the client evaluates with `getSegment`. */
  getTogglesWithSegmentData(): EnhancedFeatureInterface[] {
    return [];
  }

  getSegment(id: number): Segment | undefined {
    return this.#segments.get(id);
  }

  async start(): Promise<void> {}

  stop(): void {}
}

function isOff({ enabled, strategies = [] }: FeatureInterface): boolean {
  if (!enabled) return true;
  return strategies.length > 0 && strategies.every(asksNobody);
}

function asksNobody(strategy: StrategyTransportInterface): boolean {
  const rollout = rolloutOf(strategy);
  return rollout === 0 || rollout === 'unknown';
}

function isOnForAll({ enabled, dependencies = [], strategies = [] }: FeatureInterface): boolean {
  if (!enabled || dependencies.length > 0) return false;
  return (
    strategies.length === 0 ||
    strategies.some((one) => rolloutOf(one) === 100 && !isConstrained(one) && !needsSomebody(one))
  );
}
