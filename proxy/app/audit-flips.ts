import type { Logger } from 'pino';
import { serveFlag } from '../flags/flag-names.ts';
import type { FlagSource } from '../flags/flag-source.ts';
import { watchFlips } from '../flags/flip-watch.ts';
import type { RoutingModel } from '../routing/model.ts';
import type { Settings } from '../settings.ts';
import type { AuditSpool } from '../store/audit-spool.ts';
import type { Store } from '../store/open-store.ts';
import type { Clock } from '../telemetry/clock.ts';

/** What others do to our flags goes into the audit, once for all replicas while Postgres is there. */
export function auditFlips(parts: {
  readonly settings: Pick<Settings, 'unleash'>;
  readonly flags: FlagSource;
  readonly model: () => RoutingModel;
  readonly store: Pick<Store, 'available' | 'toldFlagEvents'>;
  readonly spool: Pick<AuditSpool, 'recordAudit'>;
  /** Who raised the serve flag of a migration. */
  readonly onRaised: (migration: string, authors: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
}): { close(): Promise<void> } {
  const { settings, flags, model, store, spool, onRaised, clock, log } = parts;
  const source = settings.unleash?.url ?? '';
  flags.shareClaims(async (ids) => {
    // Rather twice in the audit than not at all.
    if (!store.available()) return ids;
    return store.toldFlagEvents.claim(source, ids).catch(() => ids);
  });
  return watchFlips({
    flags,
    migrations: () => model().migrations.map(({ id }) => id),
    audit(flip) {
      void spool.recordAudit(flip);
      const { flag, author, source: from } = flip.detail;
      const isKnown = from === 'unleash' && typeof author === 'string' && !author.startsWith('unknown');
      if (isKnown && flip.migration !== undefined && flag === serveFlag(flip.migration))
        onRaised(flip.migration, author);
    },
    clock,
    log,
  });
}
