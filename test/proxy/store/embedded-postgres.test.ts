import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { pino } from 'pino';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../proxy/store/embedded-postgres.ts';

const log = pino({ level: 'silent' });
const running: EmbeddedPostgres[] = [];
let root: string;
/** One cluster for all tests: making one takes a second. */
let dataDir: string;

before(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'ficus-embedded-')));
  await chmod(root, 0o711);
  dataDir = join(root, 'data');
});
after(async () => {
  await Promise.all(running.map((postgres) => postgres.stop()));
  await rm(root, { recursive: true, force: true });
});

async function start(directory = dataDir): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir: directory, log, database: 'ficus' });
  running.push(postgres);
  return postgres;
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client(url);
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

const portOf = (url: string) => Number(new URL(url).port);
const lockFile = () => join(dataDir, 'postgres/cluster/postmaster.pid');
const postmasterPid = async () => Number((await readFile(lockFile(), 'utf8')).split('\n')[0]);

async function eventually<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      if (attempt === 200) throw error;
      await delay(50);
    }
  }
}

async function holdInOtherProcess(): Promise<{ process: ChildProcess; url: string }> {
  const script = fileURLToPath(new URL('./hold-postgres.ts', import.meta.url));
  const child = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { process: child, url };
}

describe('embedded Postgres', () => {
  test('Started a second time, it has its data and its port, and only its owner reads the password', async () => {
    const first = await start();
    await ask(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    await assert.rejects(ask(first.url, 'select 1'), /ECONNREFUSED/);
    const second = await start();
    assert.equal(await ask(second.url, 'select answer from kept'), 42);
    assert.equal(second.url, first.url);
    await second.stop();
    assert.equal((await stat(join(dataDir, 'postgres/password'))).mode & 0o777, 0o600);
  });

  test('Its port taken meanwhile, it starts on another one', async () => {
    const first = await start();
    await first.stop();
    const squatter = createServer().listen(portOf(first.url), '127.0.0.1');
    await once(squatter, 'listening');
    const second = await start();
    assert.notEqual(portOf(second.url), portOf(first.url));
    assert.equal(await ask(second.url, 'select 1'), 1);
    await second.stop();
    squatter.close();
  });

  test('Only the loopback interface is listened on, with a password asked for', async () => {
    const postgres = await start();
    assert.equal(await ask(postgres.url, 'show listen_addresses'), '127.0.0.1');
    const wrong = new URL(postgres.url);
    wrong.password = 'guess';
    await assert.rejects(ask(wrong.href, 'select 1'), /password authentication failed/);
    await postgres.stop();
  });

  test('The environment has settings for another Postgres, they change nothing', async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      PGDATA: '/nowhere',
      PGPORT: '1',
      PGHOST: 'nowhere.invalid',
      PGSSLMODE: 'require',
    });
    try {
      const postgres = await start();
      assert.equal(await ask(postgres.url, 'select 1'), 1);
      await postgres.stop();
    } finally {
      process.env = before;
    }
  });

  test('Postgres killed, it is started again at the same address', async () => {
    const postgres = await start();
    process.kill(await postmasterPid(), 'SIGKILL');
    await eventually(() => assert.rejects(ask(postgres.url, 'select 1')));
    assert.equal(await eventually(() => ask(postgres.url, 'select 1')), 1);
    await postgres.stop();
  });

  test('Its parent killed with SIGKILL, Postgres ends too, and the next start works', async () => {
    const held = await holdInOtherProcess();
    const pid = await postmasterPid();
    held.process.kill('SIGKILL');
    await eventually(async () => assert.throws(() => process.kill(pid, 0)));
    const next = await start();
    assert.equal(await ask(next.url, 'select 1'), 1);
    await next.stop();
  });

  test('Its parent killed while Postgres hangs, the next start stops the orphan first', async () => {
    const held = await holdInOtherProcess();
    const pid = await postmasterPid();
    process.kill(pid, 'SIGSTOP');
    held.process.kill('SIGKILL');
    await once(held.process, 'exit');
    // The lifeline's SIGINT waits with everything else until the orphan goes on.
    setTimeout(() => process.kill(pid, 'SIGCONT'), 300);
    const next = await start();
    assert.notEqual(await postmasterPid(), pid);
    assert.equal(await ask(next.url, 'select 1'), 1);
    await next.stop();
  });

  test('Another process runs on the directory, the start is refused and leaves that one alone', async () => {
    const held = await holdInOtherProcess();
    await assert.rejects(start(), new RegExp(`already runs on .* started by process ${held.process.pid}`));
    assert.equal(await ask(held.url, 'select 1'), 1);
    const pid = await postmasterPid();
    held.process.kill('SIGKILL');
    await eventually(async () => assert.throws(() => process.kill(pid, 0)));
  });

  test('The lock names a process that is no Postgres, it starts all the same', async () => {
    await (await start()).stop();
    const other = spawn('sleep', ['60'], {
      stdio: 'ignore',
      ...(await ownerOf(join(dataDir, 'postgres/cluster'))),
    });
    await once(other, 'spawn');
    await writeFile(
      lockFile(),
      `${other.pid}\n${dataDir}/postgres/cluster\n1700000000\n5432\n\n127.0.0.1\n1 1\nready   \n`,
    );
    const postgres = await start();
    assert.equal(await ask(postgres.url, 'select 1'), 1);
    assert.equal(other.exitCode, null);
    await postgres.stop();
    other.kill();
  });

  test('The directories above are closed to the user postgres, it starts all the same', async () => {
    const closed = join(root, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const postgres = await start(join(closed, 'data'));
    assert.equal(await ask(postgres.url, 'select 1'), 1);
    await assert.rejects(start(join(closed, 'data')), /already runs on/);
    await postgres.stop();
  });

  test('The directory holds something else by that name, the error says so', async () => {
    await mkdir(join(root, 'foreign/postgres'), { recursive: true });
    await assert.rejects(start(join(root, 'foreign')), /is not a Postgres that Ficus made/);
  });
});

/** As itself: root's processes would not be seen by Postgres as its own. */
async function ownerOf(path: string): Promise<{ uid: number; gid: number }> {
  const { uid, gid } = await stat(path);
  return { uid, gid };
}
