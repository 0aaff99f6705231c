import type { Logger } from 'pino';
import { takesBack, withStanding } from '../delivery/audit-standing.ts';
import type { Delivery } from '../delivery/model.ts';
import { MoveRevisions } from '../delivery/move-revisions.ts';
import type { AuditEntry } from '../store/model.ts';
import type { Storage } from './open-storage.ts';

/** What holds for every move, whoever makes it: it is written down, and of several at once one is made. */
export interface Moves {
  recordAudit(entry: AuditEntry): Promise<void>;
  readonly revisions: MoveRevisions;
}

export function watchMoves(deps: {
  readonly storage: Storage;
  /** Called late: it is made after this. */
  readonly delivery: () => Pick<Delivery, 'status' | 'gate' | 'rollback'>;
  readonly onBehind: () => Promise<void>;
  readonly nowIso: () => string;
  readonly log: Logger;
}): Moves {
  const { storage, delivery, onBehind, nowIso, log } = deps;
  const { store, spool } = storage;
  const revisions = new MoveRevisions({
    status: (migration) => delivery().status(migration),
    store: { ...store.moveClaims, available: store.available },
    audit: store.audit.list,
    onBehind,
    async onOvertaken(migration) {
      await delivery().rollback(migration, { name: 'ficus' }, 'it was taken back while it was moved');
    },
    nowIso,
    log,
  });
  return {
    recordAudit(entry) {
      if (takesBack(entry)) revisions.takenBack(entry.migration);
      return spool.recordAudit(withStanding(entry, delivery()));
    },
    revisions,
  };
}
