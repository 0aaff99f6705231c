import { Verifier } from '@pact-foundation/pact';
import { setUpState } from './set-up-state.ts';
import { startUpstreamForwarder } from './upstream-forwarder.ts';
import type { VerifyReport, VerifyTask } from './verify-messages.ts';

/**
 * Verifies one pact file against one side, in a process of its own: the verifier's core is native code, and
 * whatever it does, the supervisor goes on. Takes one task, sends one report, ends.
 */
process.once('message', (task: VerifyTask) => {
  verify(task).then(report, reportError);
});
process.once('uncaughtException', reportError);
// Without a supervisor nobody wants the result.
process.once('disconnect', () => process.exit(1));

async function verify(task: VerifyTask): Promise<VerifyReport> {
  const forwarder = await startUpstreamForwarder(task.upstream);
  const stateFailures: { state: string; problem: string }[] = [];
  const stateHandlers = Object.fromEntries(
    Object.entries(task.states).map(([name, state]) => {
      const setup = () =>
        setUpState(state, task.upstream, task.env).catch((error: Error) => {
          stateFailures.push({ state: name, problem: error.message });
          // The verifier takes a failed state for one without values.
          return {};
        });
      return [name, { setup }];
    }),
  );
  const verifier = new Verifier({
    provider: task.provider,
    providerBaseUrl: forwarder.url,
    pactUrls: [task.pactFile],
    stateHandlers,
    timeout: task.requestTimeoutMs,
    logLevel: 'error',
  });
  const outcome = await verifier.verifyProvider().then(
    (output) => ({ output, verified: true }),
    (error: unknown) => ({ output: error instanceof Error ? error.message : String(error), verified: false }),
  );
  forwarder.close();
  return { ...outcome, stateFailures, connectionFailures: [...forwarder.failures] };
}

function reportError(error: unknown): void {
  const output = `its process failed: ${error instanceof Error ? error.message : String(error)}`;
  report({ output, verified: false, stateFailures: [], connectionFailures: [] });
}

/** Whoever gets it ends this process: exiting by itself would wait for the native core's requests. */
function report(message: VerifyReport): void {
  process.send?.(message);
}
