import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Client } from 'pg';
import type { Logger } from 'pino';
import { lockClass, locks } from './advisory-locks.ts';

interface SchemaStep {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly hash: string;
}

const directory = new URL('./schema/', import.meta.url);

/**
 * Brings schema `ficus` up to date: the numbered files of `schema/` that it lacks, in order and in one
 * transaction, one replica at a time. A step that was applied must never be edited; that is an error.
 */
export async function applySchema(client: Client, log: Logger): Promise<void> {
  const steps = await readSteps();
  await client.query('begin');
  await client.query('set local statement_timeout = 0');
  await client.query('select pg_advisory_xact_lock($1, $2)', [lockClass, locks.schema]);
  const applied = await readApplied(client);
  for (const { version, name } of applied.values()) {
    if (!steps.some((step) => step.version === version)) {
      log.warn({ version, name }, 'The database has a schema step of a newer Ficus; going on with it');
    }
  }
  for (const step of steps) {
    const before = applied.get(step.version);
    if (before) checkUnedited(step, before.hash);
    else await applyStep(client, step, log);
  }
  await client.query('commit');
}

async function readSteps(): Promise<SchemaStep[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, directory), 'utf8');
      const hash = createHash('sha256').update(sql).digest('hex');
      return { version: Number.parseInt(name, 10), name, sql, hash };
    }),
  );
}

type AppliedStep = Pick<SchemaStep, 'version' | 'name' | 'hash'>;

async function readApplied(client: Client): Promise<Map<number, AppliedStep>> {
  // Asked first: a role that may use the schema need not be allowed to create one.
  const known = await client.query("select to_regclass('ficus.schema_steps') is not null as known");
  if (!known.rows[0].known) {
    await client.query('create schema if not exists ficus');
    await client.query(
      'create table ficus.schema_steps (version integer primary key, name text not null, ' +
        'hash text not null, applied_at timestamptz not null default now())',
    );
  }
  const { rows } = await client.query<AppliedStep>('select version, name, hash from ficus.schema_steps');
  return new Map(rows.map((row) => [row.version, row]));
}

function checkUnedited(step: SchemaStep, appliedHash: string): void {
  if (step.hash === appliedHash) return;
  throw new Error(
    `Schema step ${step.name} was edited after this database applied it. ` +
      'Put the file back as it was, and add a new step for the change.',
  );
}

async function applyStep(client: Client, step: SchemaStep, log: Logger): Promise<void> {
  try {
    await client.query(step.sql);
  } catch (cause) {
    throw new Error(`Schema step ${step.name} failed: ${(cause as Error).message}`, { cause });
  }
  await client.query('insert into ficus.schema_steps (version, name, hash) values ($1, $2, $3)', [
    step.version,
    step.name,
    step.hash,
  ]);
  log.info({ step: step.name }, 'Applied a schema step');
}
