import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { ensureRole } from '../../proxy/store/audit-rights.ts';

/** Makes the database where it is missing; returns its URL. */
export async function ensureDatabase(url: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}

/** A role that owns nothing, so that what the proxy writes into its audit stays; returns the URL with it. */
export async function ensureProxyRole(databaseUrl: string): Promise<string> {
  const login = { role: 'ficus', password: randomBytes(18).toString('base64url') };
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await ensureRole(client, login);
  } finally {
    await client.end();
  }
  const own = new URL(databaseUrl);
  own.username = login.role;
  own.password = login.password;
  return own.href;
}

export function withoutPassword(url: string): string {
  const shown = new URL(url);
  shown.password = '';
  return shown.href;
}
