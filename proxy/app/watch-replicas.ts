import type { Logger } from 'pino';
import type { ConfigReport } from '../admin/api-types.ts';
import type { ReplicaRow, ReplicaStore } from '../store/replicas.ts';
import { type ReplicaDetail, readReplicaDetail } from './replica-detail.ts';

/** Who runs beside us, and by which routes.yaml. */
export interface ReplicaWatch {
  /** Undefined until Postgres told, and while it is away for long. */
  replicas(): ConfigReport['replicas'];
  /** Says that we stop. */
  close(): Promise<void>;
}

const BEAT_EVERY_MS = 2_000;
/** What was heard longer ago says nothing about now. */
const FORGOTTEN_AFTER_MS = 15_000;

/** Beats while the store is there; two replicas that go by different files are told in the log, once each time. */
export function watchReplicas(deps: {
  readonly replica: string;
  readonly startedAt: string;
  readonly configHash: () => string;
  readonly detail: () => ReplicaDetail;
  readonly store: ReplicaStore & {
    available(): boolean;
    onAvailable(listener: () => void): () => void;
  };
  readonly monotonic: () => number;
  readonly log: Logger;
}): ReplicaWatch {
  const { replica, startedAt, configHash, detail, store, log } = deps;
  let heard: { readonly rows: readonly ReplicaRow[]; readonly at: number } | undefined;
  let toldHashes = '';

  function tell(rows: readonly ReplicaRow[]): void {
    const hashes = [...new Set(rows.map((row) => row.configHash))].toSorted();
    const told = hashes.length > 1 ? hashes.join() : '';
    if (told !== '' && told !== toldHashes)
      log.warn(
        { replicas: Object.fromEntries(rows.map((row) => [row.replica, row.configHash])) },
        'replicas go by different routes.yaml',
      );
    toldHashes = told;
  }

  const beat = (): void => {
    if (!store.available()) return;
    store.beat({ replica, configHash: configHash(), startedAt, detail: { ...detail() } }).then(
      (rows) => {
        heard = { rows, at: deps.monotonic() };
        tell(rows);
      },
      (error: unknown) => log.warn({ err: error }, 'other replicas are not heard'),
    );
  };
  store.onAvailable(beat);
  const timer = setInterval(beat, BEAT_EVERY_MS);
  return {
    replicas() {
      if (!heard || deps.monotonic() - heard.at > FORGOTTEN_AFTER_MS) return undefined;
      return heard.rows.map((row) => ({
        replica: row.replica,
        hash: row.configHash,
        startedAt: row.startedAt,
        seenAt: row.seenAt,
        ...readReplicaDetail(row.detail),
      }));
    },
    async close() {
      clearInterval(timer);
      if (store.available()) await store.leave(replica).catch(() => {});
    },
  };
}
