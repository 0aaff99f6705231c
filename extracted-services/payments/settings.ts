import {
  type Environment,
  readServiceSettings,
  type ServiceSettings,
  settingsReader,
} from '@ficus/service-kit';
import packageJson from './package.json' with { type: 'json' };

export type PaymentsSettings = ServiceSettings & {
  /** The payment provider's. */
  pspUrl: string;
  pspTimeoutMs: number;
  /** Where events are published; without it they wait in the outbox. */
  eventsUrl: string | undefined;
  /** How long a used Idempotency-Key and its answer are kept. */
  idempotencyKeyDays: number;
};

/** The only reader of the service's environment. Throws one error that names every setting that is not usable. */
export function readPaymentsSettings(environment: Environment = process.env): PaymentsSettings {
  const read = settingsReader(environment);
  const settings = {
    ...readServiceSettings(read, { port: 9002, version: packageJson.version }),
    pspUrl: read.url('PSP_URL', ['http', 'https'], 'https://psp.example'),
    pspTimeoutMs: read.integer('PSP_TIMEOUT_MS', { fallback: 3000, min: 1, max: 30_000 }),
    eventsUrl: read.optionalUrl(
      'EVENTS_URL',
      ['http', 'https', 'redis', 'rediss'],
      'https://host/path or redis://host:6379?stream=payments',
    ),
    idempotencyKeyDays: read.integer('IDEMPOTENCY_KEY_DAYS', { fallback: 30, min: 1, max: 3650 }),
  };
  read.done();
  return settings;
}
