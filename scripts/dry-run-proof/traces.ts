import { Redis } from 'ioredis';
import pg from 'pg';
import type { Psp } from '../../examples/psp/psp.ts';

/** Everything that a write can leave behind, as texts by the name of the place. */
export type Traces = Readonly<Record<string, string>>;

export type Places = { databaseUrl: string; schemas: readonly string[]; redisUrl: string; psp: Psp };

/**
 * Every row of every table, everything in Redis (events that were published are in a stream there), and what the
 * payment provider has booked for the service. Sequences are apart: Postgres never takes a number back, so that a
 * rolled back row leaves a gap.
 */
export async function readTraces({ databaseUrl, schemas, redisUrl, psp }: Places): Promise<Traces> {
  const booked = psp.ledger.filter(({ account }) => account === 'payments');
  return {
    ...(await dumpTables(databaseUrl, schemas)),
    ...(await dumpRedis(redisUrl)),
    "the payment provider's ledger": booked.map((entry) => JSON.stringify(entry)).join('\n'),
  };
}

/** What is not the same: one line a place, with the first line that is new or gone. */
export function differencesOf(before: Traces, after: Traces): string[] {
  const places = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...places].flatMap((place) => {
    const [was, is] = [linesOf(before[place]), linesOf(after[place])];
    const added = [...is].filter((line) => !was.has(line));
    const gone = [...was].filter((line) => !is.has(line));
    if (added.length + gone.length === 0) return [];
    return [`${place}: ${added.length} more, ${gone.length} gone, such as ${added[0] ?? gone[0]}`];
  });
}

export const countLines = (traces: Traces): number =>
  Object.values(traces).reduce((sum, text) => sum + linesOf(text).size, 0);

const linesOf = (text = '') => new Set(text.split('\n').filter((line) => line !== ''));

/** Every row of every table of these schemas. */
export async function dumpTables(databaseUrl: string, schemas: readonly string[]): Promise<Traces> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname = ANY($1) ORDER BY 1`,
      [schemas],
    );
    const dumped: [string, string][] = [];
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ row: string }>(
        `SELECT row_to_json(t)::text AS row FROM ${name} t`,
      );
      dumped.push([name, rows.map(({ row }) => row).join('\n')]);
    }
    if (dumped.length === 0) throw new Error(`There is no table in ${schemas.join(', ')}`);
    return Object.fromEntries(dumped);
  } finally {
    await client.end();
  }
}

async function dumpRedis(redisUrl: string): Promise<Traces> {
  const redis = new Redis(redisUrl);
  try {
    const keys = (await redis.keys('*')).sort();
    const values = await Promise.all(
      keys.map(
        async (key) => [`Redis ${key}`, (await redis.dumpBuffer(key))?.toString('base64') ?? ''] as const,
      ),
    );
    return { 'Redis, the keys': keys.join('\n'), ...Object.fromEntries(values) };
  } finally {
    redis.disconnect();
  }
}
