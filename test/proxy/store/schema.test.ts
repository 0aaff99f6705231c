import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { applySchema } from '../../../proxy/store/apply-schema.ts';
import { startTestPostgres, type TestPostgres } from '../../support/postgres.ts';
import { silentLog } from './start-test-store.ts';

const schema = new URL('../../../proxy/store/schema/', import.meta.url);
const steps = readdirSync(schema).length;

describe('applySchema', () => {
  let postgres: TestPostgres;
  const clients: pg.Client[] = [];

  before(async () => {
    postgres = await startTestPostgres();
  });
  after(async () => {
    for (const client of clients) await client.end();
    await postgres.stop();
  });

  async function connect(url = postgres.url): Promise<pg.Client> {
    const client = new pg.Client(url);
    await client.connect();
    clients.push(client);
    return client;
  }

  const countSteps = async (client: pg.Client) => {
    const { rows } = await client.query('select count(*)::int as steps from ficus.schema_steps');
    return rows[0].steps;
  };

  test('Three replicas start at once, every step is applied once', async () => {
    const replicas = await Promise.all([connect(), connect(), connect()]);
    await Promise.all(replicas.map((client) => applySchema(client, silentLog)));
    assert.equal(await countSteps(await connect()), steps);
  });

  test('A role that may only use the schema finds it up to date', async () => {
    const owner = await connect();
    await applySchema(owner, silentLog);
    await owner.query("create role reader login password 'x'");
    await owner.query('grant usage on schema ficus to reader');
    await owner.query('grant select on ficus.schema_steps to reader');
    const url = new URL(postgres.url);
    url.username = 'reader';
    url.password = 'x';
    const reader = await connect(url.href);
    await applySchema(reader, silentLog);
  });

  test('A step was edited after it was applied, the error names it', async () => {
    const client = await connect();
    await applySchema(client, silentLog);
    await client.query("update ficus.schema_steps set hash = 'other' where version = 2");
    await assert.rejects(applySchema(client, silentLog), /002-evidence\.sql was edited/);
    await client.query('rollback');
  });

  test('Pairs and counts of an older Ficus are there, they are there after the upgrade', async () => {
    const client = await connect();
    await client.query('drop schema ficus cascade');
    await client.query('create schema ficus');
    for (const step of readdirSync(schema)
      .sort()
      .filter((name) => name < '006'))
      await client.query(readFileSync(new URL(step, schema), 'utf8'));
    await client.query(`
      insert into ficus.pairs values ('p1', 'catalog', 'GET /a', '2026-11-01T10:00Z', 'monolith', 'differed', null,
        '[{"signature":"ab12"}]', 1, 2, '{"target":"/a"}', '{"status":200}', null, 40);
      insert into ficus.samples values ('ab12', '2026-11-01T10:00Z', 'p1');
      insert into ficus.route_evidence values ('catalog', 'm', 's', 'r', 'GET /a', 7, 1, 0, '{1}', '{1}');
      insert into ficus.signatures values ('catalog', 'm', 's', 'r', 'ab12', 'GET /a', 'status', 'value', 1, now(), now())`);
    for (const step of readdirSync(schema)
      .sort()
      .filter((name) => name >= '006'))
      await client.query(readFileSync(new URL(step, schema), 'utf8'));
    const { rows } = await client.query(
      `select id, differences, request, sample_of, asked_twice, twice_both, p.tableoid::regclass::text as partition
       from ficus.pairs p join ficus.samples s on pair_id = id, ficus.route_evidence, ficus.signatures`,
    );
    assert.deepEqual(rows, [
      {
        id: 'p1',
        differences: '[{"signature": "ab12"}]',
        request: '{"target": "/a"}',
        sample_of: 'ab12',
        asked_twice: '0',
        twice_both: '0',
        partition: 'ficus.pairs_2026110110',
      },
    ]);
  });

  test('A newer Ficus was here, its step stays and the start goes on', async () => {
    const client = await connect();
    await client.query('drop schema ficus cascade');
    await applySchema(client, silentLog);
    await client.query("insert into ficus.schema_steps values (900, '900-later.sql', 'x')");
    await applySchema(client, silentLog);
    assert.equal(await countSteps(client), steps + 1);
  });
});
