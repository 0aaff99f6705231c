import { flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Becomes another program of this project on this very Node. The process stays the same one, so that
 * signals, the terminal and the exit status are that program's without anybody passing them on.
 */
export function becomeProgram(script: URL, args: readonly string[]): never {
  const { execPath, execve } = process;
  if (!execve) throw new Error('This system can not replace a process (execve): run Ficus on Linux or macOS');
  // What this process has compiled is written at its end, which does not come.
  flushCompileCache();
  const flags = ['--disable-warning=ExperimentalWarning'];
  return execve.call(process, execPath, [execPath, ...flags, fileURLToPath(script), ...args]);
}

/**
 * Goes on as another program of this project, in this process: for one that somebody waits for, since becoming it
 * would start Node anew. It ends the process itself; what asked for it is never answered.
 */
export async function continueAs(script: URL, args: readonly string[]): Promise<never> {
  process.argv.splice(1, process.argv.length, fileURLToPath(script), ...args);
  // Whether a reader that leaves ends the process is that program's to say.
  process.stdout.removeAllListeners('error');
  await import(script.href);
  return new Promise(() => {});
}
