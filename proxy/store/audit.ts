import { createHash } from 'node:crypto';
import { lockClass, locks } from './advisory-locks.ts';
import type { Database, Query } from './database.ts';
import type { AuditCheck, AuditEntry, AuditRow } from './model.ts';
import { canonicalJson, postgresText } from './postgres-text.ts';

export interface AuditPage {
  readonly limit: number;
  /** Only rows with a smaller `seq`. */
  readonly before?: number;
  readonly migration?: string;
}

export interface AuditStore {
  /** Appends one row to the chain; `entryId` (a UUID) sent again changes nothing and returns the row there is. */
  append(entryId: string, entry: AuditEntry): Promise<AuditRow>;
  /** Newest first. */
  list(page: AuditPage): Promise<AuditRow[]>;
  /** Walks the whole chain from its first row. */
  verify(): Promise<AuditCheck>;
}

/** What the first row's hash is computed over in place of a previous one. */
const firstPreviousHash = '0'.repeat(64);

export function createAuditStore(database: Database): AuditStore {
  return {
    append: (entryId, entry) => database.transaction((query) => append(query, entryId, entry)),

    list: ({ limit, before, migration }) =>
      readRows(
        database.query,
        `where seq < coalesce($1, 9223372036854775807) and ($2::text is null or migration = $2)
         order by seq desc limit $3`,
        [before ?? null, migration ?? null, limit],
      ),

    verify: () => verify(database.query),
  };
}

async function append(query: Query, entryId: string, entry: AuditEntry): Promise<AuditRow> {
  // Taken before the last row is read, in a statement of its own: the next one sees what the lock waited for.
  await query('select pg_advisory_xact_lock($1, $2)', [lockClass, locks.audit]);
  const [known] = await readRows(query, 'where entry_id = $1', [entryId]);
  if (known) return known;
  const [last] = await query<{ seq: number; hash: string }>(
    'select seq, hash from ficus.audit order by seq desc limit 1',
  );
  const unhashed = { seq: (last?.seq ?? 0) + 1, ...storableEntry(entry) };
  const row = { ...unhashed, hash: auditHash(last?.hash ?? firstPreviousHash, unhashed) };
  await query(
    `insert into ficus.audit (seq, entry_id, at, actor, action, migration, reason, detail, hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      row.seq,
      entryId,
      row.at,
      row.actor,
      row.action,
      row.migration ?? null,
      row.reason,
      canonicalJson(row.detail),
      row.hash,
    ],
  );
  return row;
}

/** The entry as it will be read back: what is hashed must survive the way through Postgres. */
function storableEntry({ at, actor, action, migration, reason, detail }: AuditEntry): AuditEntry {
  return {
    at: new Date(at).toISOString(),
    actor: postgresText(actor),
    action: postgresText(action),
    ...(migration !== undefined && { migration: postgresText(migration) }),
    reason: postgresText(reason),
    detail: JSON.parse(canonicalJson(JSON.parse(JSON.stringify(detail)))),
  };
}

/** SHA-256 over the previous row's hash, a line feed, and the row's canonical JSON without its own hash. */
export function auditHash(previousHash: string, row: Omit<AuditRow, 'hash'>): string {
  const { seq, at, actor, action, migration, reason, detail } = row;
  const content = canonicalJson({ seq, at, actor, action, migration, reason, detail });
  return createHash('sha256').update(`${previousHash}\n${content}`).digest('hex');
}

const rowsPerRead = 1_000;

async function verify(query: Query): Promise<AuditCheck> {
  let rows = 0;
  for (let hash = firstPreviousHash; ; ) {
    const page = await readRows(query, 'where seq > $1 order by seq limit $2', [rows, rowsPerRead]);
    for (const row of page) {
      if (row.seq !== rows + 1) return { rows, intact: false, brokenAt: rows + 1 };
      if (row.hash !== auditHash(hash, row)) return { rows, intact: false, brokenAt: row.seq };
      rows++;
      hash = row.hash;
    }
    if (page.length < rowsPerRead) return { rows, intact: true };
  }
}

/** `selection` is a constant of this file; what varies is bound. */
function readRows(query: Query, selection: string, values: readonly unknown[]): Promise<AuditRow[]> {
  return query(
    `select seq, at, actor, action, migration, reason, detail, hash from ficus.audit ${selection}`,
    values,
  );
}
