import { constants, getPriority, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { defaultCompareLimits } from './compare/limits.ts';
import { type CompareJob, compileJob, examineWithRules } from './comparer-job.ts';
import type { ComparerReport, ComparerTask, ComparerThreadData } from './comparer-messages.ts';
import { createRedactor } from './redact.ts';

/** The comparer's thread: told migrations and pairs, one pair at a time; answers each pair with what is kept of it. */
if (parentPort === null) throw new Error('comparer-thread.ts runs as a worker thread only');
const host = parentPort;
giveWayToClients();
const { redactionKey } = workerData as ComparerThreadData;
const redactor = createRedactor(redactionKey);
let jobs: ReadonlyMap<string, CompareJob> = new Map();

host.on('message', (task: ComparerTask) => {
  if (task.kind === 'migrations') {
    jobs = new Map(
      task.migrations.map((migration) => [
        migration.id,
        compileJob(migration, redactor, defaultCompareLimits),
      ]),
    );
    return;
  }
  const job = jobs.get(task.pair.migration);
  if (job === undefined) throw new Error(`pair of an unknown migration ${task.pair.migration}`);
  report({ kind: 'compared', ...examineWithRules(task.pair, job) });
});

report({ kind: 'ready' });

function report(message: ComparerReport): void {
  host.postMessage(message);
}

/** Comparing may take all the time that requests leave. Elsewhere than on Linux a priority is the whole process's. */
function giveWayToClients(): void {
  if (process.platform !== 'linux') return;
  try {
    // Ficus itself may run at less, and upwards wants a right that it hardly has.
    setPriority(Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
  } catch {
    // A sandbox that refuses it: comparing at the priority of the rest is better than none.
  }
}
