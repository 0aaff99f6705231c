import type { Upstream } from '../../routing/model.ts';
import type { MessagePlace, ProviderStates } from './provider-states.ts';

/** Supervisor to the verifying process: all that verifying one pact against one side needs. One at a time. */
export interface VerifyTask {
  /** Content of the pact: JSON text. */
  readonly pact: string;
  readonly provider: string;
  /** The side that is verified. */
  readonly upstream: Upstream;
  readonly states: ProviderStates;
  /** Descriptions of the messages in the pact, and where the side is asked for them. */
  readonly messages: readonly string[];
  readonly messagePlace: MessagePlace;
  /** Variables that provider states may use. */
  readonly env: Readonly<Record<string, string>>;
  readonly requestTimeoutMs: number;
}

/** `folder`: for what the verifier wants as files; the supervisor removes it, however the process ends. */
export interface VerifyOrder extends VerifyTask {
  readonly folder: string;
}

/** The verifying process to the supervisor, one for each task. */
export interface VerifyReport {
  /** What the verifier says: JSON with `result` and `errors`, or any other text when it could not run. */
  readonly output: string;
  readonly verified: boolean;
  /** Provider states that could not be brought about; the verifier itself goes on without them. */
  readonly stateFailures: readonly { readonly state: string; readonly problem: string }[];
  /** Messages that the side did not produce. */
  readonly messageFailures: readonly { readonly message: string; readonly problem: string }[];
  /** Why requests got no answer from the side that is verified. */
  readonly connectionFailures: readonly string[];
}
