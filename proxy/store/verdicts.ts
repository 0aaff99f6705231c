import { lockClass, locks } from './advisory-locks.ts';
import type { Database, Query } from './database.ts';
import type { KeptVerdict, VerdictRow } from './model.ts';
import { postgresText } from './postgres-text.ts';
import { verdictStack } from './verdict-stack.ts';

/** What people decided. Append-only: the newest verdict on a signature counts, the others are its history. */
export interface VerdictStore {
  /** All of them or none. Returns them as they are kept, in their order. */
  add(verdicts: readonly VerdictRow[]): Promise<KeptVerdict[]>;
  /**
   * Takes back the verdicts that hold, so that those before them do again: all of them or none. Returns what it
   * added, or the signatures of which another verdict is the newest than `seq` says, or none holds.
   */
  undo(order: UndoneVerdicts): Promise<readonly UndoneVerdict[] | { readonly conflicts: readonly string[] }>;
  /** The newest of each signature, of all migrations; none of what is withdrawn. */
  newest(): Promise<VerdictRow[]>;
  /** All of a signature, newest first. */
  history(migration: string, signature: string): Promise<KeptVerdict[]>;
}

export interface UndoneVerdicts {
  readonly migration: string;
  /** `seq`: of the newest verdict that whoever takes it back has seen. */
  readonly verdicts: readonly { readonly signature: string; readonly seq: number }[];
  readonly actor: string;
  readonly reason: string;
  /** ISO time. */
  readonly at: string;
}

export interface UndoneVerdict {
  readonly undone: KeptVerdict;
  /** What was added: what holds now. */
  readonly added: KeptVerdict;
}

const columns = `
  seq, migration, signature, route, place, kind, verdict, owner, reason, until, at, actor,
  monolith_build as "monolithBuild", service_build as "serviceBuild", rules_hash as "rulesHash",
  pairs, route_pairs as "routePairs", undoes`;

const readAtMost = 10_000;
const historyAtMost = 100;

export function createVerdictStore(database: Database): VerdictStore {
  return {
    add: (verdicts) =>
      database.transaction(async (query) => {
        await lock(query);
        const kept: KeptVerdict[] = [];
        for (const verdict of verdicts) kept.push(await insert(query, verdict));
        return kept;
      }),

    undo: (order) =>
      database.transaction(async (query) => {
        await lock(query);
        const { migration, at, actor, reason } = order;
        const tops: { readonly undone: KeptVerdict; readonly before: KeptVerdict | undefined }[] = [];
        const conflicts: string[] = [];
        for (const { signature, seq } of order.verdicts) {
          const rows = await history(query, migration, signature);
          const stack = verdictStack(rows);
          const undone = stack.at(-1);
          if (undone === undefined || rows[0]?.seq !== seq) conflicts.push(signature);
          else tops.push({ undone, before: stack.at(-2) });
        }
        if (conflicts.length > 0) return { conflicts };
        const done: UndoneVerdict[] = [];
        for (const { undone, before } of tops) {
          // What holds again says who decided it, when and why; the withdrawal of the only one, who took it back.
          const row = before ?? { ...withoutEnd(undone), verdict: 'withdrawn' as const, reason };
          const added = { ...row, at, actor, undoes: undone.seq };
          done.push({ undone, added: await insert(query, added) });
        }
        return done;
      }),

    newest: () =>
      database.query<VerdictRow>(
        `select ${columns} from (
           select distinct on (migration, signature) * from ficus.verdicts
           order by migration, signature, seq desc) as newest
         where verdict <> 'withdrawn'
         order by at desc limit $1`,
        [readAtMost],
      ),

    history: (migration, signature) => history(database.query, migration, signature),
  };
}

/** Whoever takes one back must not miss one that comes meanwhile. */
async function lock(query: Query): Promise<void> {
  await query('select pg_advisory_xact_lock($1, $2)', [lockClass, locks.verdicts]);
}

function history(query: Query, migration: string, signature: string): Promise<KeptVerdict[]> {
  return query<KeptVerdict>(
    `select ${columns} from ficus.verdicts where migration = $1 and signature = $2
     order by seq desc limit $3`,
    [postgresText(migration), postgresText(signature), historyAtMost],
  );
}

async function insert(query: Query, verdict: Omit<KeptVerdict, 'seq'> | VerdictRow): Promise<KeptVerdict> {
  const rows = await query<KeptVerdict>(
    `insert into ficus.verdicts (migration, signature, route, place, kind, verdict, owner, reason, until, at,
       actor, monolith_build, service_build, rules_hash, pairs, route_pairs, undoes)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
     returning ${columns}`,
    [
      ...[verdict.migration, verdict.signature, verdict.route, verdict.place, verdict.kind].map(postgresText),
      ...[verdict.verdict, verdict.owner, verdict.reason].map(postgresText),
      verdict.until ?? null,
      verdict.at,
      ...[verdict.actor, verdict.monolithBuild, verdict.serviceBuild, verdict.rulesHash].map(postgresText),
      verdict.pairs,
      verdict.routePairs,
      'undoes' in verdict ? (verdict.undoes ?? null) : null,
    ],
  );
  return rows[0]!;
}

function withoutEnd({ until: _, ...verdict }: KeptVerdict): Omit<KeptVerdict, 'until'> {
  return verdict;
}
