import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { auditHash } from '../../../proxy/store/audit.ts';
import type { AuditEntry } from '../../../proxy/store/model.ts';
import { openStore } from '../../../proxy/store/open-store.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { silentLog, startTestStore, type TestStore, untilAvailable } from './start-test-store.ts';

const entry = (reason: string, detail: AuditEntry['detail'] = {}): AuditEntry => ({
  at: '2026-11-21T10:00:00.000Z',
  actor: 'cli:root',
  action: 'promote',
  migration: 'catalog',
  reason,
  detail,
});

describe('the audit chain', () => {
  let test1: TestStore;
  let sql: pg.Client;

  before(async () => {
    test1 = await startTestStore();
    sql = new pg.Client(test1.url);
    await sql.connect();
  });
  after(async () => {
    await sql.end();
    await test1.stop();
  });

  /** As somebody with every right could do it. */
  async function tamper(statement: string): Promise<void> {
    await sql.query('begin');
    await sql.query('alter table ficus.audit disable trigger user');
    await sql.query(statement);
    await sql.query('alter table ficus.audit enable trigger user');
    await sql.query('commit');
  }

  test('Two replicas append at once, every row follows another', async () => {
    const second = openStore({ databaseUrl: test1.url, log: silentLog, clock: systemClock });
    await untilAvailable(second);
    const appends = Array.from({ length: 30 }, (_, i) =>
      (i % 2 ? test1.store : second).audit.append(randomUUID(), entry(`move ${i}`)),
    );
    const rows = await Promise.all(appends);
    assert.deepEqual(
      rows.map(({ seq }) => seq).sort((a, b) => a - b),
      Array.from({ length: 30 }, (_, i) => i + 1),
    );
    assert.deepEqual(await second.audit.verify(), { rows: 30, intact: true });
    await second.close();
  });

  test('An entry is sent twice, it is there once', async () => {
    const id = randomUUID();
    const first = await test1.store.audit.append(id, entry('once'));
    const again = await test1.store.audit.append(id, entry('once'));
    assert.deepEqual(again, first);
    assert.equal((await test1.store.audit.list({ limit: 1 }))[0]?.seq, first.seq);
  });

  test('Text that Postgres refuses and numbers of every size are in an entry, the chain still fits', async () => {
    const detail = {
      '\0': ['\ud800', 'ok'],
      numbers: [1e21, 1.1, -0, 5e-324, 2 ** 53],
      nested: { b: 1, a: null },
    };
    await test1.store.audit.append(randomUUID(), entry('NUL \0 and half \udc00', detail));
    const [row] = await test1.store.audit.list({ limit: 1 });
    assert.equal(row?.reason, 'NUL \\u0000 and half \\udc00');
    assert.equal((await test1.store.audit.verify()).intact, true);
  });

  test('Listed with a cursor, rows come newest first and only older ones', async () => {
    const [newest, next] = await test1.store.audit.list({ limit: 2 });
    assert.equal(newest!.seq, next!.seq + 1);
    assert.deepEqual(await test1.store.audit.list({ limit: 1, before: newest!.seq }), [next]);
    assert.deepEqual(await test1.store.audit.list({ limit: 5, migration: 'other' }), []);
  });

  test('An entry without a migration has none when it is read', async () => {
    const { migration: _, ...general } = entry('routes.yaml changed');
    await test1.store.audit.append(randomUUID(), general);
    const [row] = await test1.store.audit.list({ limit: 1 });
    assert.equal('migration' in row!, false);
    assert.equal((await test1.store.audit.verify()).intact, true);
  });

  for (const statement of [
    "update ficus.audit set reason = 'x'",
    'delete from ficus.audit',
    'truncate ficus.audit',
  ]) {
    test(`"${statement}" is refused by the database`, () =>
      assert.rejects(sql.query(statement), /append-only/));
  }

  test('A reason was rewritten, verifying names the row', async () => {
    await tamper("update ficus.audit set reason = 'nothing happened' where seq = 7");
    assert.deepEqual(await test1.store.audit.verify(), { rows: 6, intact: false, brokenAt: 7 });
    await tamper(
      'update ficus.audit set reason = (select reason from ficus.audit where seq = 6) where seq = 7',
    );
    assert.equal((await test1.store.audit.verify()).intact, false);
  });

  test('A row was taken out, verifying names it', async () => {
    await tamper('delete from ficus.audit where seq = 4');
    assert.deepEqual(await test1.store.audit.verify(), { rows: 3, intact: false, brokenAt: 4 });
  });
});

test('auditHash covers every field and the row before', () => {
  const row = { seq: 1, ...entry('r') };
  const hashes = [
    auditHash('0', row),
    auditHash('1', row),
    ...Object.keys(row).map((field) =>
      auditHash('0', { ...row, [field]: field === 'seq' ? 2 : 'other' } as typeof row),
    ),
  ];
  assert.equal(new Set(hashes).size, hashes.length);
});
