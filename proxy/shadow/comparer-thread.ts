import { constants, getPriority, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { defaultCompareLimits } from './compare/limits.ts';
import { type CompareJob, compileJob, examineWithRules } from './comparer-job.ts';
import type { ComparerReport, ComparerTask, ComparerThreadData } from './comparer-messages.ts';
import type { ComparedPair } from './pair.ts';
import { createRedactor } from './redact.ts';
import { HiddenValues, sealValues } from './sealed-values.ts';

/** The comparer's thread: told migrations and pairs, one pair at a time; answers each pair with what is kept of it. */
if (parentPort === null) throw new Error('comparer-thread.ts runs as a worker thread only');
const host = parentPort;
giveWayToClients();
const { redactionKey, sealingKey } = workerData as ComparerThreadData;
const hiddenValues = new HiddenValues();
const redactor = createRedactor(redactionKey, sealingKey && hiddenValues.note);
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
  const { compared, mattered } = examineWithRules(task.pair, job);
  report({ kind: 'compared', compared: withHiddenValues(compared), mattered });
});

report({ kind: 'ready' });

/** With what rules hid in it, sealed, where that is wanted and more than counts is kept of the pair. */
function withHiddenValues(compared: ComparedPair): ComparedPair {
  const values = hiddenValues.take();
  if (sealingKey === undefined || values.length === 0 || compared.request === undefined) return compared;
  return { ...compared, sealed: sealValues(values, sealingKey, compared.id) };
}

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
