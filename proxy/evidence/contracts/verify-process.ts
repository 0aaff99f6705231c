import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Verifier } from '@pact-foundation/pact';
import { askForMessage } from './ask-for-message.ts';
import { setUpState } from './set-up-state.ts';
import { startUpstreamForwarder } from './upstream-forwarder.ts';
import type { VerifyOrder, VerifyReport, VerifyTask } from './verify-messages.ts';

/**
 * Verifies pacts, one against one side at a time, in a process of its own: the verifier's core is native code, and
 * whatever it does, the supervisor goes on. Each task that it is sent gets a report.
 */
process.on('message', (task: VerifyOrder) => {
  verify(task).then(report, reportError);
});
process.once('uncaughtException', reportError);
// Without a supervisor nobody wants the result.
process.once('disconnect', () => process.exit(1));

async function verify(task: VerifyOrder): Promise<VerifyReport> {
  const forwarder = await startUpstreamForwarder(task.upstream);
  try {
    const pactFile = path.join(task.folder, 'pact.json');
    await writeFile(pactFile, task.pact);
    return {
      ...(await verifyFile(pactFile, forwarder.url, task)),
      connectionFailures: [...forwarder.failures],
    };
  } finally {
    forwarder.close();
  }
}

async function verifyFile(
  pactFile: string,
  url: string,
  task: VerifyTask,
): Promise<Omit<VerifyReport, 'connectionFailures'>> {
  const stateFailures: { state: string; problem: string }[] = [];
  const messageFailures: { message: string; problem: string }[] = [];
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
  const messageProviders = Object.fromEntries(
    task.messages.map((message) => [
      message,
      ({ providerStates = [] }: { providerStates?: { name: string }[] }) =>
        askForMessage({ description: message, providerStates }, task).catch((error: Error) => {
          messageFailures.push({ message, problem: error.message });
          throw error;
        }),
    ]),
  );
  const verifier = new Verifier({
    provider: task.provider,
    providerBaseUrl: url,
    pactUrls: [pactFile],
    stateHandlers,
    ...(task.messages.length > 0 && { messageProviders }),
    timeout: task.requestTimeoutMs,
    logLevel: 'error',
  });
  const outcome = await verifier.verifyProvider().then(
    (output) => ({ output, verified: true }),
    (error: unknown) => ({ output: error instanceof Error ? error.message : String(error), verified: false }),
  );
  return { ...outcome, stateFailures, messageFailures };
}

function reportError(error: unknown): void {
  const output = `its process failed: ${error instanceof Error ? error.message : String(error)}`;
  report({ output, verified: false, stateFailures: [], messageFailures: [], connectionFailures: [] });
}

/** Whoever gets it ends this process: exiting by itself would wait for the native core's requests. */
function report(message: VerifyReport): void {
  process.send?.(message);
}
