import { fork } from 'node:child_process';
import type { WorkerMessage } from './block-worker.ts';
import type { Block, BlockReport } from './run-block.ts';

/** So long may a block take for each of its scenarios before it counts as hanging. */
const PATIENCE_MS_EACH = 100;
const MIN_PATIENCE_MS = 60_000;

/** Plays a block in a process of its own, so that one that dies is found, and who killed it. */
export async function fuzzBlock(block: Block): Promise<BlockReport> {
  const message = await playApart(block);
  if ('report' in message) return message.report;
  const report: BlockReport = { sent: 0, requests: 0, forwarded: 0, canaries: 0, violations: [] };
  if (block.count === 1) {
    report.violations.push({ scenario: block.first, what: `the process died: ${message.crash}` });
    return report;
  }
  for (const index of message.underWay)
    report.violations.push(...(await fuzzBlock({ ...block, first: index, count: 1 })).violations);
  const what = `the process died, with scenarios ${message.underWay} under way: ${message.crash}`;
  report.violations.push({ what });
  return report;
}

function playApart(block: Block): Promise<WorkerMessage> {
  return new Promise((resolve) => {
    const worker = fork(new URL('./block-worker.ts', import.meta.url), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const patience = setTimeout(
      () => end({ crash: 'it hangs', underWay: [] }),
      MIN_PATIENCE_MS + block.count * PATIENCE_MS_EACH,
    );
    const end = (message: WorkerMessage): void => {
      clearTimeout(patience);
      worker.kill('SIGKILL');
      resolve(message);
    };
    worker.once('message', (message) => end(message as WorkerMessage));
    worker.once('exit', (code, signal) =>
      end({ crash: `exit ${code ?? signal} without a word`, underWay: [] }),
    );
    worker.send(block);
  });
}
