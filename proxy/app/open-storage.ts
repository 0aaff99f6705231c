import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Settings } from '../settings.ts';
import { type AuditAnchorFile, openAuditAnchor } from '../store/audit-anchor.ts';
import { type AuditSpool, openAuditSpool } from '../store/audit-spool.ts';
import { startBackgroundPostgres } from '../store/background-postgres.ts';
import { openStore, type Store, type StoreOptions } from '../store/open-store.ts';
import type { Clock } from '../telemetry/clock.ts';

/** Postgres, ours or somebody's, and what is kept in the data directory while it is away. */
export interface Storage {
  readonly store: Store;
  readonly spool: AuditSpool;
  readonly anchor: AuditAnchorFile;
  /** Of the role that Ficus runs as. */
  readonly databaseUrl: StoreOptions['databaseUrl'];
  /** Writes what is left and stops a Postgres of ours. */
  close(): Promise<void>;
}

/** How often the end of the audit is held against the one that is noted here. */
const LOOK_AT_AUDIT_EVERY_MS = 5_000;
const ownRole = 'ficus';

export async function openStorage(
  settings: Settings,
  deps: {
    readonly clock: Clock;
    readonly log: Logger;
    readonly onPairsDropped: NonNullable<StoreOptions['onPairsDropped']>;
  },
): Promise<Storage> {
  const { clock, log, onPairsDropped } = deps;
  const { dataDir, databaseUrl } = settings;
  const postgres =
    databaseUrl === undefined ? startBackgroundPostgres({ dataDir, database: 'ficus', log }) : undefined;
  const connections = postgres ? ofOwnPostgres(postgres.url) : ofSettings(settings);
  const store = openStore({
    ...connections,
    log,
    clock,
    pairLimits: settings.pairs,
    sealedMaxAgeDays: settings.reveal.maxAgeDays,
    onPairsDropped,
  });
  const anchor = await openAuditAnchor({ dataDir, clock, log });
  const spool = await openAuditSpool({ dataDir, store, log, clock, onAppended: anchor.note });
  const look = (): void => {
    if (!store.available()) return;
    anchor
      .look(store.audit)
      .catch((error: unknown) => log.warn({ err: error }, 'the audit is not looked at'));
  };
  store.onAvailable(look);
  const looking = setInterval(look, LOOK_AT_AUDIT_EVERY_MS);
  return {
    store,
    spool,
    anchor,
    databaseUrl: connections.databaseUrl,
    async close() {
      clearInterval(looking);
      await spool.close();
      await anchor.flush();
      await store.close();
      await postgres?.stop();
    },
  };
}

type Connections = Pick<StoreOptions, 'databaseUrl' | 'owner'>;

function ofSettings({ databaseUrl = '', databaseOwnerUrl }: Settings): Connections {
  return {
    databaseUrl,
    ...(databaseOwnerUrl !== undefined && { owner: { url: databaseOwnerUrl, makesRole: false } }),
  };
}

/** In a Postgres of our own its superuser owns the tables, and we run as a role that it makes. */
function ofOwnPostgres(url: Promise<string>): Connections {
  return { databaseUrl: url.then(asOwnRole), owner: { url, makesRole: true } };
}

function asOwnRole(url: string): string {
  const own = new URL(url);
  own.username = ownRole;
  own.password = createHash('sha256').update(`${ownRole}:${own.password}`).digest('base64url');
  return own.href;
}
