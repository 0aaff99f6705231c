import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { applySchema } from '../../../proxy/store/apply-schema.ts';
import { startTestPostgres, type TestPostgres } from '../../support/postgres.ts';
import { silentLog } from './start-test-store.ts';

const steps = readdirSync(new URL('../../../proxy/store/schema/', import.meta.url)).length;

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

  test('A newer Ficus was here, its step stays and the start goes on', async () => {
    const client = await connect();
    await client.query('drop schema ficus cascade');
    await applySchema(client, silentLog);
    await client.query("insert into ficus.schema_steps values (900, '900-later.sql', 'x')");
    await applySchema(client, silentLog);
    assert.equal(await countSteps(client), steps + 1);
  });
});
