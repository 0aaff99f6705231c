import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { auditHash } from '../../../proxy/store/audit-chain.ts';
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

  test('Asked for an actor by the end of the name, an action and a time, only such rows come', async () => {
    await test1.store.audit.append(randomUUID(), {
      ...entry('by alice'),
      actor: 'cli:alice',
      action: 'rollback',
    });
    const reasons = async (page: object) =>
      (await test1.store.audit.list({ limit: 5, ...page })).map(({ reason }) => reason);
    assert.deepEqual(await reasons({ actor: 'alice' }), ['by alice']);
    assert.deepEqual(await reasons({ actor: 'lice' }), []);
    assert.deepEqual(await reasons({ action: 'rollback' }), ['by alice']);
    assert.deepEqual(await reasons({ since: '2026-11-21T10:00:00.001Z' }), []);
  });

  test('The tail was cut off, or all written anew, the anchor tells', async () => {
    const { last } = await test1.store.audit.ends(0);
    const anchor = { seq: last!.seq, hash: last!.hash, at: '2026-11-21T11:00:00.000Z' };
    assert.equal((await test1.store.audit.verify(anchor)).intact, true);
    const longer = await test1.store.audit.verify({ ...anchor, seq: anchor.seq + 2 });
    assert.deepEqual([longer.intact, longer.brokenAt], [false, anchor.seq + 1]);
    assert.match(longer.problem!, /its tail was taken out/);
    const other = await test1.store.audit.verify({ ...anchor, hash: 'ab' });
    assert.match(other.problem!, /the chain was written anew/);
  });

  test('A reason was rewritten, verifying names the row', async () => {
    await tamper("update ficus.audit set reason = 'nothing happened' where seq = 7");
    assert.deepEqual(await test1.store.audit.verify(), {
      rows: 6,
      intact: false,
      brokenAt: 7,
      problem: 'Row 7 does not fit the one before it: it was changed, or put in.',
    });
    await tamper(
      'update ficus.audit set reason = (select reason from ficus.audit where seq = 6) where seq = 7',
    );
    assert.equal((await test1.store.audit.verify()).intact, false);
  });

  test('A row was taken out, verifying names it', async () => {
    await tamper('delete from ficus.audit where seq = 4');
    assert.deepEqual(await test1.store.audit.verify(), {
      rows: 3,
      intact: false,
      brokenAt: 4,
      problem: 'Row 4 is missing: taken out.',
    });
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
