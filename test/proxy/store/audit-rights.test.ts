import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import pino from 'pino';
import { openStore, type Store } from '../../../proxy/store/open-store.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { startTestPostgres, type TestPostgres } from '../../support/postgres.ts';
import { silentLog, until, untilAvailable } from './start-test-store.ts';

describe('with an owner of the schema beside the role that Ficus runs as', () => {
  let postgres: TestPostgres;
  let store: Store;
  let asFicus: pg.Client;
  let url: string;

  before(async () => {
    postgres = await startTestPostgres();
    const own = new URL(postgres.url);
    own.username = 'ficus';
    own.password = 'of its own';
    url = own.href;
    store = openStore({
      databaseUrl: url,
      owner: { url: postgres.url, makesRole: true },
      log: silentLog,
      clock: systemClock,
    });
    await untilAvailable(store);
    asFicus = new pg.Client(url);
    await asFicus.connect();
    await store.audit.append(randomUUID(), {
      at: '2026-11-21T10:00:00.000Z',
      actor: 'cli:root',
      action: 'promote',
      reason: 'r',
      detail: {},
    });
  });
  after(async () => {
    await asFicus?.end();
    await store?.close();
    await postgres?.stop();
  });

  for (const statement of [
    "update ficus.audit set reason = 'x'",
    'delete from ficus.audit',
    'truncate ficus.audit',
    'drop table ficus.audit',
    'alter table ficus.audit disable trigger user',
    'create or replace function ficus.refuse_audit_change() returns trigger language plpgsql as $$begin return null; end$$',
    "update ficus.schema_steps set hash = 'x'",
  ]) {
    test(`"${statement.slice(0, 60)}" is refused to that role`, () =>
      assert.rejects(asFicus.query(statement), { code: '42501' }));
  }

  test('the store says that the audit is append-only', async () => {
    await until(() => store.auditRights() !== undefined);
    assert.deepEqual(store.auditRights(), { role: 'ficus', mayChange: false });
  });

  test('partitions are made and dropped all the same, but none that is no partition', async () => {
    await store.pairs.prune({ maxAgeDays: 1, maxBytes: 1, pairsPerSignature: 1 } as never);
    await asFicus.query("select ficus.make_pair_partitions(array[now() - interval '5 days'])");
    const count = async () =>
      (
        await asFicus.query(
          "select count(*)::int as n from pg_inherits where inhparent = 'ficus.pairs'::regclass",
        )
      ).rows[0].n;
    const before = await count();
    await store.pairs.prune({ maxAgeDays: 1, maxBytes: 1e12, pairsPerSignature: 1 } as never);
    assert.equal(await count(), before - 1);
    await assert.rejects(asFicus.query("select ficus.drop_pair_partitions(array['x; drop'])"), /ten digits/);
  });

  test('of two claims on one revision one is held, and a newer state leaves none', async () => {
    const claim = { migration: 'billing', revision: 3, actor: 'cli:alice', move: 'promote' };
    const [one, other] = [randomUUID(), randomUUID()];
    const results = await Promise.all(
      [one, other].map((claimId) => store.moveClaims.claim({ ...claim, claimId })),
    );
    assert.deepEqual(results.map(({ held }) => held).toSorted(), [false, true]);
    const lost = results.find(({ held }) => !held);
    assert.equal(lost && !lost.held && lost.holder?.actor, 'cli:alice');
    const winner = results[0]?.held ? one : other;
    assert.equal(await store.moveClaims.isHeld({ migration: 'billing', claimId: winner }), true);
    await store.moveClaims.release({ migration: 'billing', claimId: winner });
    assert.deepEqual(await store.moveClaims.claim({ ...claim, claimId: other }), { held: true });
    await store.migrationStates.save({
      migration: 'billing',
      revision: 6,
      granted: 5,
      held: false,
      grantedAt: '2026-11-24T10:00:00.000Z',
      requestsSinceGrant: 0,
      phase: 'canary',
      phaseSince: '2026-11-24T10:00:00.000Z',
      detail: {},
    });
    const late = await store.moveClaims.claim({ ...claim, revision: 5, claimId: one });
    assert.deepEqual([late.held, !late.held && late.revision], [false, 6]);
  });

  test('a role that owns the table is warned about, once', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
    const other = openStore({ databaseUrl: postgres.url, log, clock: systemClock });
    await untilAvailable(other);
    await until(() => other.auditRights() !== undefined);
    await other.close();
    assert.equal(other.auditRights()?.mayChange, true);
    assert.equal(lines.filter((line) => line.includes('can change the audit')).length, 1);
  });

  test('the same role as both is refused in words', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
    const wrong = openStore({
      databaseUrl: url,
      owner: { url, makesRole: false },
      log,
      clock: systemClock,
    });
    await until(() => lines.length > 0);
    await wrong.close();
    assert.match(lines.join(), /both for the role \\"ficus\\"/);
  });
});
