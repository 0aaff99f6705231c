import type { Database } from './database.ts';

/** A forward move from one revision of a migration: of several at once, from wherever, one is made. */
export interface MoveClaim {
  readonly migration: string;
  readonly revision: number;
  /** UUID. */
  readonly claimId: string;
  readonly actor: string;
  readonly move: string;
}

/** Who was first. */
export interface ClaimHolder {
  readonly actor: string;
  readonly move: string;
  /** ISO time. */
  readonly at: string;
}

/** What became of a claim: held, or why not. */
export type ClaimResult =
  | { readonly held: true }
  /** `holder`: of a move that is made from the same revision; `revision`: how far the migration is already. */
  | {
      readonly held: false;
      readonly holder?: ClaimHolder | undefined;
      readonly revision?: number | undefined;
    };

export interface MoveClaimStore {
  /** Compares with the state that Postgres has and claims, in one statement. */
  claim(claim: MoveClaim): Promise<ClaimResult>;
  /** Whether nobody took the migration back meanwhile. */
  isHeld(claim: Pick<MoveClaim, 'migration' | 'claimId'>): Promise<boolean>;
  /** Gives a claim back whose move was not made. */
  release(claim: Pick<MoveClaim, 'migration' | 'claimId'>): Promise<void>;
  /** A roll back: whatever move is under way, from wherever, is no longer claimed. */
  takeBack(migration: string): Promise<void>;
}

/** A replica that dies half-way through a move holds up the next one no longer than this. */
const staleAfterSeconds = 30;

export function createMoveClaimStore(database: Database): MoveClaimStore {
  return {
    async claim({ migration, revision, claimId, actor, move }) {
      const claimed = await database.query(
        `insert into ficus.move_claims as held (migration, revision, claim_id, actor, move)
         select $1, $2, $3, $4, $5
         where not exists (select from ficus.migration_states where migration = $1 and revision > $2)
         on conflict (migration) do update set revision = excluded.revision, claim_id = excluded.claim_id,
           actor = excluded.actor, move = excluded.move, claimed_at = now()
         where held.revision < excluded.revision
           or held.claimed_at < now() - make_interval(secs => $6)
         returning migration`,
        [migration, revision, claimId, actor, move, staleAfterSeconds],
      );
      return claimed.length > 0 ? { held: true } : lost(database, migration, revision);
    },

    async isHeld({ migration, claimId }) {
      const held = await database.query(
        'select from ficus.move_claims where migration = $1 and claim_id = $2',
        [migration, claimId],
      );
      return held.length > 0;
    },

    async takeBack(migration) {
      await database.query('delete from ficus.move_claims where migration = $1', [migration]);
    },

    async release({ migration, claimId }) {
      await database.query('delete from ficus.move_claims where migration = $1 and claim_id = $2', [
        migration,
        claimId,
      ]);
    },
  };
}

async function lost(database: Database, migration: string, from: number): Promise<ClaimResult> {
  const [state] = await database.query<{ revision: number }>(
    'select revision from ficus.migration_states where migration = $1 and revision > $2',
    [migration, from],
  );
  const [holder] = await database.query<ClaimHolder>(
    'select actor, move, claimed_at as at from ficus.move_claims where migration = $1 and revision >= $2',
    [migration, from],
  );
  return { held: false, revision: state?.revision, holder };
}
