import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { after, afterEach, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import pino from 'pino';
import { lockClass } from '../../../proxy/store/advisory-locks.ts';
import { holdSessionLock } from '../../../proxy/store/session-lock.ts';
import { startTestPostgres, type TestPostgres } from '../../support/postgres.ts';
import { until } from '../../support/until.ts';

const program = fileURLToPath(new URL('./session-lock-program.ts', import.meta.url));

class Wanting {
  readonly #child: ChildProcess;
  holder = 'nobody';

  constructor(url: string) {
    this.#child = spawn(process.execPath, [program, url], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.holder = text.trim().split('\n').at(-1) ?? this.holder;
    });
  }

  async has(holder: string): Promise<void> {
    await until(`${holder} has the lock`, () => this.holder === holder, 30_000);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

describe('a lock that one of two processes holds', () => {
  let postgres: TestPostgres;
  let first: Wanting;
  let second: Wanting;

  before(async () => {
    postgres = await startTestPostgres();
    first = new Wanting(postgres.url);
    await first.has('here');
    second = new Wanting(postgres.url);
    await second.has('elsewhere');
  });
  afterEach(() => first.signal('SIGCONT'));
  after(async () => {
    for (const one of [first, second]) one.signal('SIGKILL');
    await postgres.stop();
  });

  /** Time until `other` has it, held against what the machine takes for anything else. */
  async function takenOver(other: Wanting): Promise<number> {
    const from = performance.now();
    await other.has('here');
    return performance.now() - from;
  }

  test('goes to the other one when its holder hangs, which knows by itself when it goes on', async (t) => {
    first.signal('SIGSTOP');
    t.diagnostic(`taken over in ${Math.round(await takenOver(second))} ms`);
    first.signal('SIGCONT');
    await first.has('elsewhere');
    assert.equal(second.holder, 'here');
  });

  test("is nobody's once it is closed while the connection is being made", async () => {
    const key = 4711;
    const lock = holdSessionLock({ databaseUrl: postgres.url, key, log: pino({ level: 'silent' }) });
    // The socket is connecting by then, and Postgres has not been heard.
    await new Promise((resolve) => setImmediate(resolve));
    await lock.close();
    assert.equal(lock.holder(), 'nobody');
    const asking = new pg.Client({ connectionString: postgres.url });
    await asking.connect();
    const held = await asking.query('select 1 from pg_locks where classid = $1 and objid = $2', [
      lockClass,
      key,
    ]);
    await asking.end();
    assert.equal(held.rowCount, 0);
  });

  test('goes to the other one when its holder is killed', async (t) => {
    second.signal('SIGKILL');
    t.diagnostic(`taken over in ${Math.round(await takenOver(first))} ms`);
  });
});
