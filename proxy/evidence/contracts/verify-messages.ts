import type { Upstream } from '../../routing/model.ts';
import type { ProviderStates } from './provider-states.ts';

/** Supervisor to the verifying process: all that it needs, once. */
export interface VerifyTask {
  readonly pactFile: string;
  readonly provider: string;
  /** The side that is verified. */
  readonly upstream: Upstream;
  readonly states: ProviderStates;
  /** Variables that provider states may use. */
  readonly env: Readonly<Record<string, string>>;
  readonly requestTimeoutMs: number;
}

/** The verifying process to the supervisor, once. */
export interface VerifyReport {
  /** What the verifier says: JSON with `result` and `errors`, or any other text when it could not run. */
  readonly output: string;
  readonly verified: boolean;
  /** Provider states that could not be brought about; the verifier itself goes on without them. */
  readonly stateFailures: readonly { readonly state: string; readonly problem: string }[];
  /** Why requests got no answer from the side that is verified. */
  readonly connectionFailures: readonly string[];
}
