import type { Client } from 'pg';
import pg from 'pg';
import { lockClass, locks } from './advisory-locks.ts';
import type { Query } from './database.ts';

/** What the role that Ficus runs as can do to the audit. */
export interface AuditRights {
  readonly role: string;
  /** It can change or remove rows, or is a member of a role that can. */
  readonly mayChange: boolean;
}

/** Asked of the connection that writes: whoever owns the table can switch off the trigger that guards it. */
export async function readAuditRights(query: Query): Promise<AuditRights> {
  const [rights] = await query<AuditRights>(
    `select current_user::text as role,
       has_table_privilege(c.oid, 'UPDATE') or has_table_privilege(c.oid, 'DELETE')
         or has_table_privilege(c.oid, 'TRUNCATE') or pg_has_role(c.relowner, 'MEMBER') as "mayChange"
     from pg_class c where c.oid = 'ficus.audit'::regclass`,
  );
  if (!rights) throw new Error('ficus.audit is not there');
  return rights;
}

/** What to do about rights that are too wide, in two sentences. */
export function unguardedAudit({ role }: Pick<AuditRights, 'role'>): string {
  return (
    `The database role "${role}" that Ficus runs as can change the audit's rows. ` +
    'Give the owner of the schema as DATABASE_OWNER_URL and a role that owns nothing as DATABASE_URL (docs/audit.md).'
  );
}

/** The role of a connection string, and its password. */
export interface RoleLogin {
  readonly role: string;
  readonly password: string;
}

/**
 * Lets a role use the schema: read and write everything but the audit, to which it can only add. Done by the
 * owner, again at every start, since a schema step may have brought new tables.
 */
export async function grantUse(owner: Client, { role }: Pick<RoleLogin, 'role'>): Promise<void> {
  const to = pg.escapeIdentifier(role);
  await owner.query('begin');
  // Two replicas that grant the same at once would disturb each other.
  await owner.query('select pg_advisory_xact_lock($1, $2)', [lockClass, locks.schema]);
  for (const statement of [
    `grant usage on schema ficus to ${to}`,
    `grant select, insert, update, delete on all tables in schema ficus to ${to}`,
    `grant usage on all sequences in schema ficus to ${to}`,
    `grant execute on all functions in schema ficus to ${to}`,
    `revoke update, delete, truncate, references, trigger on ficus.audit from ${to}`,
    `revoke insert, update, delete, truncate on ficus.schema_steps from ${to}`,
  ])
    await owner.query(statement);
  await owner.query('commit');
}

/** Makes the role where it is missing, or gives it this password: for a Postgres of our own. */
export async function ensureRole(owner: Client, { role, password }: RoleLogin): Promise<void> {
  const { rowCount } = await owner.query('select 1 from pg_roles where rolname = $1', [role]);
  const verb = rowCount === 0 ? 'create' : 'alter';
  const name = pg.escapeIdentifier(role);
  await owner.query(
    `${verb} role ${name} with login nosuperuser nocreatedb nocreaterole password ${pg.escapeLiteral(password)}`,
  );
}
