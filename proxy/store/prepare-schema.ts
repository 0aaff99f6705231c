import pg from 'pg';
import type { Logger } from 'pino';
import { applySchema } from './apply-schema.ts';
import { ensureRole, grantUse, type RoleLogin } from './audit-rights.ts';

/** Who applies the schema, and for whom. */
export interface SchemaOwner {
  readonly url: string;
  /** The role that Ficus runs as is made where it is missing: for a Postgres of our own. */
  readonly makesRole: boolean;
}

const schemaTimeoutMs = 60_000;

/**
 * Brings the schema up to date: as the role of `connection`, or as another that owns it and lets that role use
 * it. Rejects when Postgres can not be used yet.
 */
export async function prepareSchema(
  connection: pg.ClientConfig,
  owner: SchemaOwner | undefined,
  log: Logger,
): Promise<void> {
  const own = loginOf(connection.connectionString);
  if (owner && loginOf(owner.url).role === own.role)
    throw new Error(
      `DATABASE_URL and DATABASE_OWNER_URL are both for the role "${own.role}"; give two roles`,
    );
  const client = new pg.Client({
    ...connection,
    ...(owner && { connectionString: owner.url }),
    query_timeout: schemaTimeoutMs,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    if (owner?.makesRole) await ensureRole(client, own);
    await applySchema(client, log);
    if (owner) await grantUse(client, own);
  } finally {
    client.end().catch(() => {});
  }
}

function loginOf(url = ''): RoleLogin {
  const { user = '', password = '' } = new pg.Client({ connectionString: url });
  return { role: user, password: password ?? '' };
}
