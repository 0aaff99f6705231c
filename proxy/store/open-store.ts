import type { Logger } from 'pino';
import type { Clock } from '../telemetry/clock.ts';
import { type AuditStore, createAuditStore } from './audit.ts';
import { type AuditRights, readAuditRights, unguardedAudit } from './audit-rights.ts';
import { type CommandAnswerStore, createCommandAnswerStore } from './command-answers.ts';
import { type ContractResultStore, createContractResultStore } from './contract-results.ts';
import { createDailyCountsStore, type DailyCountsStore } from './daily-counts.ts';
import {
  connectDatabase,
  type Database,
  type DatabaseOwner,
  type DatabaseTimings,
  defaultTimings,
} from './database.ts';
import { createEvidenceStore, type EvidenceStore } from './evidence.ts';
import { createMigrationStateStore, type MigrationStateStore } from './migration-states.ts';
import { createMoveClaimStore, type MoveClaimStore } from './move-claims.ts';
import {
  createPairWriter,
  defaultPairWriterLimits,
  type PairDropReason,
  type PairWriter,
} from './pair-writer.ts';
import { createPairStore, defaultPairLimits, type PairLimits, type PairStore } from './pairs.ts';
import { createReplicaStore, type ReplicaStore } from './replicas.ts';
import { startRetention } from './retention.ts';
import { createSealedValueStore, type SealedValueStore } from './sealed-values.ts';
import { createSeriesStore, type SeriesStore } from './series.ts';
import { createServiceDescriptionStore, type ServiceDescriptionStore } from './service-descriptions.ts';
import { createSignatureHourStore, type SignatureHourStore } from './signature-hours.ts';
import { createSignatureStore, type SignatureStore } from './signatures.ts';
import { createStepRequestsStore, type StepRequestsStore } from './step-requests.ts';
import { createToldFlagEvents, type ToldFlagEvents } from './told-flag-events.ts';
import { createVerdictStore, type VerdictStore } from './verdicts.ts';

/** All of Ficus' state in Postgres. Reads and writes reject with `StoreAway` at once while it is away. */
export interface Store {
  available(): boolean;
  /** Called whenever Postgres is there again, and soon when it is there now. Returns how to unsubscribe. */
  onAvailable(listener: () => void): () => void;
  readonly audit: AuditStore;
  /** Of the role that Ficus runs as; undefined until Postgres was there. */
  auditRights(): AuditRights | undefined;
  readonly moveClaims: MoveClaimStore;
  readonly commandAnswers: CommandAnswerStore;
  readonly contractResults: ContractResultStore;
  readonly dailyCounts: DailyCountsStore;
  readonly evidence: EvidenceStore;
  readonly migrationStates: MigrationStateStore;
  readonly pairs: PairStore;
  readonly pairWriter: PairWriter;
  readonly replicas: ReplicaStore;
  readonly stepRequests: StepRequestsStore;
  readonly sealedValues: SealedValueStore;
  readonly series: SeriesStore;
  readonly serviceDescriptions: ServiceDescriptionStore;
  readonly signatures: SignatureStore;
  readonly signatureHours: SignatureHourStore;
  readonly toldFlagEvents: ToldFlagEvents;
  readonly verdicts: VerdictStore;
  /** Writes what is queued, for a short time, and lets go of Postgres. */
  close(): Promise<void>;
}

export interface StoreOptions {
  /** A promise where Postgres is still being started; it must not reject. */
  readonly databaseUrl: string | Promise<string>;
  /** Whoever owns the schema, when that is another role. */
  readonly owner?: DatabaseOwner | undefined;
  readonly log: Logger;
  readonly clock: Clock;
  /** 0 to 1, for jitter. */
  readonly random?: () => number;
  readonly timings?: Partial<DatabaseTimings>;
  readonly pairLimits?: Partial<PairLimits>;
  /** How long what rules hid is kept, sealed: at most as long as the pairs. */
  readonly sealedMaxAgeDays?: number | undefined;
  /** Pairs that will never be stored. */
  readonly onPairsDropped?: (reason: PairDropReason, n: number) => void;
}

const lastWritesMs = 3_000;

/** Returns at once, whether Postgres is there or not; it is connected to in the background. */
export function openStore({
  databaseUrl,
  owner,
  log,
  clock,
  random = Math.random,
  ...options
}: StoreOptions): Store {
  const timings = { ...defaultTimings, ...options.timings };
  const pairLimits = { ...defaultPairLimits, ...options.pairLimits };
  const { pairsPerSignature } = pairLimits;
  const database = connectDatabase({ databaseUrl, owner, log, random, timings });
  const pairs = createPairStore(database);
  const sealedValues = createSealedValueStore(database);
  const evidence = createEvidenceStore(database);
  const pairWriter = createPairWriter({
    database,
    pairs,
    log,
    clock,
    ...(options.onPairsDropped && { onDropped: options.onPairsDropped }),
    limits: { ...defaultPairWriterLimits, pairsPerSignature },
  });
  const { sealedMaxAgeDays = pairLimits.maxAgeDays } = options;
  const kept = { pairs, sealedValues, evidence, pairLimits, sealedMaxAgeDays };
  const retention = startRetention({ database, ...kept, log, clock });
  const rights = watchAuditRights(database, log);
  return {
    available: database.available,
    onAvailable: database.onAvailable,
    audit: createAuditStore(database),
    auditRights: () => rights.current,
    moveClaims: createMoveClaimStore(database),
    commandAnswers: createCommandAnswerStore(database),
    contractResults: createContractResultStore(database),
    dailyCounts: createDailyCountsStore(database),
    evidence,
    migrationStates: createMigrationStateStore(database),
    pairs,
    pairWriter,
    replicas: createReplicaStore(database),
    stepRequests: createStepRequestsStore(database),
    sealedValues,
    series: createSeriesStore(database),
    serviceDescriptions: createServiceDescriptionStore(database),
    signatures: createSignatureStore(database),
    signatureHours: createSignatureHourStore(database),
    toldFlagEvents: createToldFlagEvents(database),
    verdicts: createVerdictStore(database),
    async close() {
      retention.stop();
      await pairWriter.close(lastWritesMs);
      await database.close();
    },
  };
}

/** Asked again with every connection: rights may have been given or taken meanwhile. */
function watchAuditRights(database: Database, log: Logger): { current: AuditRights | undefined } {
  const rights: { current: AuditRights | undefined } = { current: undefined };
  database.onAvailable(() => {
    readAuditRights(database.query).then(
      (found) => {
        if (found.mayChange && !rights.current?.mayChange) log.warn(unguardedAudit(found));
        rights.current = found;
      },
      (error: unknown) => log.warn({ err: error }, 'The rights to the audit can not be read'),
    );
  });
  return rights;
}
