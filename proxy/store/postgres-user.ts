import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Who Postgres runs as: `uid` and `gid` for `spawn`, nothing when that is simply who we are. */
export interface PostgresUser {
  readonly uid?: number;
  readonly gid?: number;
}

const run = promisify(execFile);

/** Postgres refuses to run as root: root starts it as the user `postgres`, added when there is none. */
export async function findPostgresUser(): Promise<PostgresUser> {
  if (process.getuid?.() !== 0) return {};
  // Two starts side by side may both want to add the user: the loser finds it in a later round.
  for (let attempt = 1; attempt <= 20; attempt++) {
    const user = await lookUp();
    if (user) return user;
    await succeeds('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
    if (attempt > 1) await delay(100);
  }
  throw new Error(
    'Postgres refuses to run as root, and a user "postgres" could not be added for it. ' +
      'Start Ficus as another user, add the user "postgres", or set DATABASE_URL.',
  );
}

async function lookUp(): Promise<PostgresUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

/** Throws with the name of the first directory above `path` that Postgres' user can't pass through. */
export async function checkReachable(path: string, user: PostgresUser): Promise<void> {
  if (user.uid === undefined) return;
  const parents = parentsOf(path);
  const script = 'for d; do test -x "$d" || { printf %s "$d"; exit 1; }; done';
  const closed = await run('/bin/sh', ['-c', script, 'sh', ...parents], { ...user, cwd: '/' }).then(
    () => undefined,
    (failure: { stdout?: string }) => failure.stdout || dirname(path),
  );
  if (closed === undefined) return;
  throw new Error(
    `Postgres, which root runs as the user "postgres", can't reach ${path}: ${closed} is closed to it. ` +
      `Run \`chmod o+x ${closed}\`, choose another place, or set DATABASE_URL.`,
  );
}

function parentsOf(path: string): string[] {
  const parents: string[] = [];
  for (let at = dirname(path); at !== dirname(at); at = dirname(at)) parents.unshift(at);
  return parents;
}

const succeeds = (command: string, args: string[]) =>
  run(command, args).then(
    () => true,
    () => false,
  );
