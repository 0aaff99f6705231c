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
