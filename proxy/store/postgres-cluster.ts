import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import type { PostgresBinaries } from './postgres-binaries.ts';
import type { PostgresUser } from './postgres-user.ts';
import { spawnPostgres } from './spawn-postgres.ts';

/** The files of one embedded Postgres: `<dataDir>/postgres` with the cluster, the password and the port. */
export interface PostgresCluster {
  /** What Postgres calls PGDATA. */
  readonly directory: string;
  readonly portFile: string;
  readonly password: string;
}

const newPrefix = 'postgres.new-';

/**
 * Opens the cluster in `dataDir`, made first when there is none. A new one is made aside and renamed, so
 * that being killed half-way leaves nothing that looks like a cluster.
 */
export async function openPostgresCluster(
  dataDir: string,
  binaries: PostgresBinaries,
  user: PostgresUser,
): Promise<PostgresCluster> {
  const home = join(dataDir, 'postgres');
  if (!(await exists(home))) {
    await removeAbandoned(dataDir);
    await makeCluster(dataDir, home, binaries, user);
  }
  const passwordFile = join(home, 'password');
  const password = await readFile(passwordFile, 'utf8').catch((cause) => {
    throw new Error(`${home} is not a Postgres that Ficus made: ${passwordFile} can't be read.`, { cause });
  });
  return { directory: join(home, 'cluster'), portFile: join(home, 'port'), password: password.trim() };
}

async function makeCluster(
  dataDir: string,
  home: string,
  binaries: PostgresBinaries,
  user: PostgresUser,
): Promise<void> {
  const aside = await mkdtemp(join(dataDir, newPrefix));
  try {
    // Root keeps this directory, and with it the password; Postgres' user only passes through.
    await chmod(aside, 0o711);
    const password = randomBytes(24).toString('base64url');
    await writeFile(join(aside, 'password'), `${password}\n`, { mode: 0o600 });
    await initialise(aside, password, binaries, user);
    await rename(aside, home);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    // Another start was quicker: its cluster is as good.
    if (!isAlreadyThere(error)) throw error;
  }
}

async function initialise(
  aside: string,
  password: string,
  binaries: PostgresBinaries,
  user: PostgresUser,
): Promise<void> {
  const cluster = join(aside, 'cluster');
  const passwordFile = join(aside, 'initial-password');
  await mkdir(cluster, { mode: 0o700 });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined) {
    await chown(cluster, user.uid, user.gid);
    await chown(passwordFile, user.uid, user.gid);
  }
  await runInitdb(binaries.initdb, cluster, passwordFile, user);
  await rm(passwordFile);
}

async function runInitdb(
  initdb: string,
  cluster: string,
  passwordFile: string,
  user: PostgresUser,
): Promise<void> {
  const child = await spawnPostgres(initdb, user, [cluster, passwordFile], (directory, password) => [
    `--pgdata=${directory}`,
    '--username=postgres',
    `--pwfile=${password}`,
    '--auth=scram-sha-256',
    // Not the machine's locale: it decides the encoding, the sort order and which letters have a lower case.
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ]);
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0)
    throw new Error(`Postgres could not be set up in ${cluster}: ${said.trim() || `exit ${code}`}`);
}

const abandonedAfterMs = 10 * 60_000;

async function removeAbandoned(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith(newPrefix)) continue;
    const path = join(dataDir, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > abandonedAfterMs) await rm(path, { recursive: true, force: true });
  }
}

const isAlreadyThere = (error: unknown) =>
  ['ENOTEMPTY', 'EEXIST'].includes(String((error as { code?: unknown }).code));

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
