export { ApiError } from './api-error.ts';
export { requireApiKey } from './api-keys.ts';
export { type Cache, noCache } from './cache.ts';
export { type Call, type CallAnswer, type CallerOptions, createCaller, HeldBackError } from './call-out.ts';
export type { ContractMessage, ContractMessages } from './contract-messages.ts';
export { createService, type Service, type ServiceOptions } from './create-service.ts';
export type { DescribeRefusal } from './error-answers.ts';
export { type EventDestination, openEventDestination, type PublishedEvent } from './event-destinations.ts';
export { createLogger, type Logger } from './logger.ts';
export { addEvent, type OutboxEvent } from './outbox.ts';
export { type OutboxPublisher, startOutboxPublisher } from './outbox-publisher.ts';
export { createPool, inTransaction, type Pool, type PoolClient, refusedBy } from './postgres.ts';
export { createRedisCache } from './redis-cache.ts';
export type { Refusal } from './refusal.ts';
export { readServiceSettings, type ServiceSettings } from './service-settings.ts';
export { type Environment, SettingsError, type SettingsReader, settingsReader } from './settings-reader.ts';
export {
  isCopy,
  isDryRun,
  markGeneratedIds,
  type ShadowMode,
  shadowMode,
  unlessCopy,
} from './shadow-copy.ts';
export { type RunningService, startService } from './start-service.ts';
export { stopOnSignals } from './stop-on-signals.ts';
export { upgradeSchema } from './upgrade-schema.ts';
