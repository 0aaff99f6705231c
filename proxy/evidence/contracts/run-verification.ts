import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { VerifyOrder, VerifyReport, VerifyTask } from './verify-messages.ts';

/** Runs verifications, one at a time. */
export interface VerificationRunner {
  /** A process that dies, or is killed since it takes longer than `timeoutMs`, makes a report, too. */
  run(task: VerifyTask, timeoutMs: number): Promise<VerifyReport>;
  close(): void;
}

const processFile = fileURLToPath(new URL('./verify-process.ts', import.meta.url));

/** Characters kept of what a process says before it dies. */
const maxTailChars = 4000;

interface Running {
  readonly child: ChildProcess;
  tail(): string;
}

/** One process does all: starting it takes longer than most verifications. After one that fails, a new one goes on. */
export function startVerificationRunner(): VerificationRunner {
  let running: Running | undefined;
  return {
    async run(task, timeoutMs) {
      let folder: string | undefined;
      try {
        folder = mkdtempSync(path.join(tmpdir(), 'ficus-pact-'));
        running ??= startProcess();
        const { report, isUsable } = await runIn(running, { ...task, folder }, timeoutMs);
        if (!isUsable) stop();
        return report;
      } catch (error) {
        return failed(`it could not be begun: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        if (folder !== undefined) await rm(folder, { recursive: true, force: true }).catch(() => {});
      }
    },
    close: stop,
  };

  function stop(): void {
    running?.child.kill('SIGKILL');
    running = undefined;
  }
}

function startProcess(): Running {
  const child = fork(processFile, [], {
    // Nothing of the supervisor's: neither its secrets nor a proxy that the verifier would send requests through.
    env: { PACT_DO_NOT_TRACK: 'true', NO_COLOR: '1' },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  return { child, tail: tailOf(child) };
}

function runIn(
  { child, tail }: Running,
  task: VerifyOrder,
  timeoutMs: number,
): Promise<{ readonly report: VerifyReport; readonly isUsable: boolean }> {
  return new Promise((resolve) => {
    let end = '';
    const timer = setTimeout(() => {
      end = `no result within ${timeoutMs} ms, so it was stopped`;
      child.kill('SIGKILL');
    }, timeoutMs);
    const onMessage = (report: unknown) => finish(report as VerifyReport);
    const onError = (error: Error) => finish(failed(`its process failed: ${error.message}`), false);
    const onClose = (code: number | null, signal: string | null) =>
      finish(failed(end || `its process ended by itself (${signal ?? `exit ${code}`}): ${tail()}`), false);
    child.once('message', onMessage).once('error', onError).once('close', onClose);
    child.send(task, (error) => {
      if (error) end ||= `its process could not be told what to do: ${error.message}`;
    });
    function finish(report: VerifyReport, isUsable = !isFailure(report)): void {
      clearTimeout(timer);
      child.off('message', onMessage).off('error', onError).off('close', onClose);
      // What its end may still bring is nobody's any more.
      if (!isUsable) child.on('error', () => {});
      resolve({ report, isUsable });
    }
  });
}

/** The verifier's core may be left in any state by it. */
const isFailure = ({ output, connectionFailures }: VerifyReport): boolean =>
  output.startsWith('its process failed') || connectionFailures.length > 0;

function failed(output: string): VerifyReport {
  return { output, verified: false, stateFailures: [], messageFailures: [], connectionFailures: [] };
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
