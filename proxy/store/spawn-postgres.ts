import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import type { PostgresUser } from './postgres-user.ts';

/** What every process of Postgres sees: nothing in the caller's environment may change it. */
export const postgresEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** Whether `paths` are opened for the child, so that it need not be let through the directories above them. */
export function opensPathsFor(user: PostgresUser): boolean {
  return user.uid !== undefined && process.platform === 'linux';
}

/**
 * Starts a program of Postgres as `user`, its stderr piped and in a session of its own: Ctrl-C in a terminal
 * is for Ficus, which stops Postgres after its own last writes. `args` are given the names by which the
 * child finds `paths`: on Linux, where root starts it as another user, those of open descriptors.
 */
export async function spawnPostgres(
  program: string,
  user: PostgresUser,
  paths: readonly string[],
  args: (...names: string[]) => string[],
): Promise<ChildProcess> {
  const opened = opensPathsFor(user) ? await Promise.all(paths.map((path) => open(path, 'r'))) : [];
  const firstDescriptor = 3;
  const names = opened.length > 0 ? opened.map((_, i) => `/proc/self/fd/${firstDescriptor + i}`) : paths;
  try {
    return spawn(program, args(...names), {
      ...user,
      cwd: '/',
      env: postgresEnvironment,
      stdio: ['ignore', 'ignore', 'pipe', ...opened.map(({ fd }) => fd)],
      detached: true,
    });
  } finally {
    for (const handle of opened) await handle.close();
  }
}
