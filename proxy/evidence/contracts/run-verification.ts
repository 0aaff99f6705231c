import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { VerifyReport, VerifyTask } from './verify-messages.ts';

const processFile = fileURLToPath(new URL('./verify-process.ts', import.meta.url));

/** Characters kept of what a process says before it dies. */
const maxTailChars = 4000;

/**
 * Runs one verification in a process of its own, which is killed when it takes longer than `timeoutMs`. A
 * process that dies or hangs makes a report, too.
 */
export function runVerification(task: VerifyTask, timeoutMs: number): Promise<VerifyReport> {
  const child = fork(processFile, [], {
    // Nothing of the supervisor's: neither its secrets nor a proxy that the verifier would send requests through.
    env: { PACT_DO_NOT_TRACK: 'true', NO_COLOR: '1' },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  return new Promise((resolve) => {
    const tail = tailOf(child);
    let end = '';
    const timer = setTimeout(() => {
      end = `no result within ${timeoutMs} ms, so it was stopped`;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.once('message', (report) => finish(report as VerifyReport));
    child.once('error', (error) => finish(failed(`its process failed: ${error.message}`)));
    child.once('close', (code, signal) => {
      finish(failed(end || `its process ended by itself (${signal ?? `exit ${code}`}): ${tail()}`));
    });
    child.send(task, (error) => {
      if (error) end ||= `its process could not be told what to do: ${error.message}`;
    });
    let finished = false;
    function finish(report: VerifyReport): void {
      if (finished) return;
      finished = true;
      clearTimeout(timer);
      child.kill('SIGKILL');
      resolve(report);
    }
  });
}

function failed(output: string): VerifyReport {
  return { output, verified: false, stateFailures: [], connectionFailures: [] };
}

function tailOf(child: ChildProcess): () => string {
  let tail = '';
  const add = (chunk: string) => {
    tail = (tail + chunk).slice(-maxTailChars);
  };
  child.stdout?.setEncoding('utf8').on('data', add);
  child.stderr?.setEncoding('utf8').on('data', add);
  return () => tail.trim();
}
