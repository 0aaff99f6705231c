import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/**
 * Runs a program of this project beside us and hands on each line of JSON that it writes. Ctrl-C reaches it
 * through us alone: once asks it to end with what it has, twice ends it. Resolves when it is over.
 */
export async function runProgram(
  script: URL,
  args: readonly string[],
  onMessage: (message: unknown) => void,
): Promise<void> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', fileURLToPath(script), ...args],
    // A process group of its own, so that the terminal's Ctrl-C does not reach it a second time.
    { stdio: ['ignore', 'pipe', 'inherit'], detached: true },
  );
  let signals = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    child.kill(++signals === 1 ? signal : 'SIGKILL');
  };
  for (const signal of signalsHandedOn) process.on(signal, onSignal);
  try {
    const closed = new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => resolve());
    });
    for await (const line of createInterface({ input: child.stdout })) onMessage(JSON.parse(line));
    await closed;
  } finally {
    for (const signal of signalsHandedOn) process.off(signal, onSignal);
  }
}

const signalsHandedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
