import { lockClass, locks } from './advisory-locks.ts';
import { auditHash, firstPreviousHash, verifyChain } from './audit-chain.ts';
import type { Database, Query } from './database.ts';
import type { AuditAnchor, AuditCheck, AuditEntry, AuditRow } from './model.ts';
import { canonicalJson, postgresText } from './postgres-text.ts';

export interface AuditPage {
  readonly limit: number;
  /** Only rows with a smaller `seq`. */
  readonly before?: number;
  /** Only rows with a larger `seq`. */
  readonly after?: number;
  readonly migration?: string;
  /** The name, or its end: `cli:alice`, or `alice`. */
  readonly actor?: string;
  readonly action?: string;
  /** ISO time: only rows of then or later. */
  readonly since?: string;
}

export interface AuditSpan {
  readonly migration: string;
  readonly actions: readonly string[];
  /** ISO times: from then on, and before then. */
  readonly from: string;
  readonly to: string;
  readonly limit: number;
}

export interface AuditStore {
  /** Appends one row to the chain; `entryId` (a UUID) sent again changes nothing and returns the row there is. */
  append(entryId: string, entry: AuditEntry): Promise<AuditRow>;
  /** Newest first. */
  list(page: AuditPage): Promise<AuditRow[]>;
  /** Of a migration, or of none and so of all, by what was done and when; newest first. */
  within(span: AuditSpan): Promise<AuditRow[]>;
  /** The row with this `seq`, and the last one. */
  ends(seq: number): Promise<{ readonly at?: AuditRow; readonly last?: AuditRow }>;
  /** Walks the whole chain from its first row, and holds it against what was known of its end. */
  verify(anchor?: AuditAnchor): Promise<AuditCheck>;
}

export function createAuditStore(database: Database): AuditStore {
  return {
    append: (entryId, entry) => database.transaction((query) => append(query, entryId, entry)),

    list: ({ limit, before, after, migration, actor, action, since }) =>
      readRows(
        database.query,
        `where seq < coalesce($1, 9223372036854775807) and ($2::text is null or migration = $2)
           and ($3::text is null or actor = $3 or right(actor, length($3) + 1) = ':' || $3)
           and ($4::text is null or action = $4) and ($5::timestamptz is null or at >= $5)
           and seq > $7
         order by seq desc limit $6`,
        [before ?? null, migration ?? null, actor ?? null, action ?? null, since ?? null, limit, after ?? 0],
      ),

    within: ({ migration, actions, from, to, limit }) =>
      readRows(
        database.query,
        `where (migration = $1 or migration is null) and action = any($2) and at >= $3 and at < $4
         order by at desc, seq desc limit $5`,
        [migration, actions, from, to, limit],
      ),

    async ends(seq) {
      const rows = await readRows(
        database.query,
        'where seq = $1 or seq = (select max(seq) from ficus.audit) order by seq',
        [seq],
      );
      const [at, last] = [rows.find((row) => row.seq === seq), rows.at(-1)];
      return { ...(at && { at }), ...(last && { last }) };
    },

    verify: (anchor) =>
      verifyChain(
        (after, limit) => readRows(database.query, 'where seq > $1 order by seq limit $2', [after, limit]),
        anchor,
      ),
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

/** `selection` is a constant of this file; what varies is bound. */
function readRows(query: Query, selection: string, values: readonly unknown[]): Promise<AuditRow[]> {
  return query(
    `select seq, at, actor, action, migration, reason, detail, hash from ficus.audit ${selection}`,
    values,
  );
}
