import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../../cli/run-command-line.ts';
import { startAdmin } from '../../proxy/admin/start-admin.ts';
import { InMemoryEstate } from '../proxy/admin/in-memory-deps.ts';

export const ficusPath = fileURLToPath(new URL('../../bin/ficus', import.meta.url));

export interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly pid: number | undefined;
}

/** Runs `bin/ficus`, with nothing of this shell's environment but what is given. */
export async function runFicus(
  args: readonly string[],
  options: { env?: Record<string, string>; cwd?: string; command?: string } = {},
): Promise<Run> {
  const { env = {}, cwd, command = ficusPath } = options;
  const child = spawn(command, args, {
    env: { PATH: '/usr/bin:/bin', TZ: 'UTC', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd,
    timeout: 20_000,
  });
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { stdout, stderr, exitCode, pid: child.pid };
}

/**
 * The same within this process, ten times as fast. Not for `up`, `check` and `init`, which become another program, nor
 * where the process, the terminal or the time zone is the point.
 */
export async function runHere(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Omit<Run, 'pid'>> {
  let stdout = '';
  let stderr = '';
  const exitCode = await runCommandLine(args, {
    env,
    userName: 'alice',
    width: env['COLUMNS'] === undefined ? undefined : Number(env['COLUMNS']),
    paintFor: () => (_style, text) => text,
    printOut: (line) => {
      stdout += `${line}\n`;
    },
    printError: (line) => {
      stderr += `${line}\n`;
    },
  });
  return { exitCode, stdout, stderr };
}

export type Ficus = (...args: string[]) => Promise<Omit<Run, 'pid'>>;

/** An estate with a started admin plane, and the CLI that asks it, within this process. */
export async function withEstate(
  use: (ficus: Ficus, estate: InMemoryEstate, url: string) => Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  const estate = new InMemoryEstate();
  const admin = await startAdmin({ deps: estate.deps(), port: 0 });
  try {
    const ficus: Ficus = (...args) => runHere(args, { FICUS_ADMIN_URL: admin.url, ...env });
    await use(ficus, estate, admin.url);
  } finally {
    await admin.close();
  }
}
