import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Takes the data directory for this process; throws when another one that lives has it. Two supervisors on
 * one directory would overwrite each other's states and flags. Returns how to give it back.
 */
export function lockDataDir(dataDir: string): () => void {
  const file = join(dataDir, 'ficus.lock');
  const own = `${process.pid} ${startTimeOf(process.pid)}`;
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(file, own, { flag: 'wx', mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 0) throw error;
      const [pid = '', startTime = ''] = read(file).split(' ');
      if (Number(pid) !== process.pid && startTime !== '' && startTimeOf(Number(pid)) === startTime) {
        throw new Error(
          `another Ficus (pid ${pid}) runs on ${dataDir}: stop it, or choose another with --data-dir`,
        );
      }
      // Left by one that was killed.
      rmSync(file, { force: true });
    }
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Tells a process from a later one with the same pid; empty when there is none, or no /proc to ask. */
function startTimeOf(pid: number): string {
  // proc(5): the 22nd field, counted behind the name, which may have spaces in it.
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
