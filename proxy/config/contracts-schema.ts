import { z } from 'zod';
import { defaults } from './defaults.ts';

const text = z.string().min(1).max(1024);

/** By https://docs.pact.io/pact_broker/advanced_topics/consumer_version_selectors. */
const selector = z
  .strictObject({
    mainBranch: z.literal(true).optional(),
    branch: text.optional(),
    fallbackBranch: text.optional(),
    matchingBranch: z.literal(true).optional(),
    deployedOrReleased: z.literal(true).optional(),
    deployed: z.literal(true).optional(),
    released: z.literal(true).optional(),
    environment: text.optional(),
    tag: text.optional(),
    fallbackTag: text.optional(),
    latest: z.boolean().optional(),
    consumer: text.optional().describe('Only pacts of this consumer'),
  })
  .refine((written) => Object.keys(written).length > 0, {
    error: 'selects nothing: write mainBranch: true, deployedOrReleased: true, or a branch',
  });

const broker = z
  .strictObject({
    url: text.describe('Base URL of a Pact Broker; credentials are PACT_BROKER_TOKEN and so on'),
    provider: text.optional().describe("Its name there; default: the migration's service"),
    selectors: z
      .array(selector)
      .min(1)
      .default([...defaults.broker.selectors])
      .describe('Consumer version selectors'),
    branch: text.optional().describe('Branch that the running service is of'),
    wipSince: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date, such as 2026-01-31')
      .optional()
      .describe('Pacts in work since then are verified, too, and hold nothing'),
    pending: z
      .boolean()
      .default(defaults.broker.pending)
      .describe('Pacts that the provider never kept hold nothing'),
    publish: z
      .boolean()
      .default(defaults.broker.publish)
      .describe("Tell the broker what came of verifying the service's build"),
  })
  .describe('Pacts of a Pact Broker count besides those of the folder');

export const contracts = z.strictObject({
  pacts: text
    .default(defaults.contracts.pacts)
    .describe('Folder of pact files, relative to this file, or https://… of one pact'),
  states: text.default(defaults.contracts.states).describe('Folder of provider states'),
  broker: broker.optional(),
});

export type ContractsConfig = z.input<typeof contracts>;
