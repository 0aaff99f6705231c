import type { AdminReads } from '../admin/admin-deps.ts';
import type { SeriesCounter } from '../delivery/series/series-counter.ts';
import { createSeriesReads } from '../delivery/series/series-reads.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { AuditAnchorFile } from '../store/audit-anchor.ts';
import type { Store } from '../store/open-store.ts';

/** What the admin plane reads of the store: what is queued is written first, so that it sees what just happened. */
export function adminReads(
  { judging }: Pick<Evidence, 'judging'>,
  { store, anchor }: { readonly store: Store; readonly anchor: AuditAnchorFile },
  series: Pick<SeriesCounter, 'fresh'>,
): AdminReads {
  return {
    listSignatures: (migration, build) => judging.list(migration, build),
    migrationOf: (signature) => judging.migrationOf(signature),
    verdicts: (migration, signature) => judging.verdicts(migration, signature),
    signatureHours: (migration, of, since) => judging.hours(migration, of, since),
    standingVerdicts: (id) => judging.standing({ id }),
    async pairsOfSignature(migration, signature, limit, build, after) {
      await store.pairWriter.flush();
      return store.pairs.pairsOfSignature(migration, signature, limit, build, after);
    },
    series: createSeriesReads({ store: store.series, audit: store.audit, fresh: () => series.fresh() }),
    pair: store.pairs.pair,
    async differingPairs(page) {
      if (page.after === undefined) await store.pairWriter.flush();
      return store.pairs.differing(page);
    },
    audit: { list: store.audit.list, verify: () => store.audit.verify(anchor.current()) },
  };
}
