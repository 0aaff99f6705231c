import { z } from 'zod';
import { defaults } from './defaults.ts';

/** How a migration goes from step to step, as written. */

const text = z.string().min(1).max(1024);
const badShare = 'must be a percentage, such as 50% or 5';
const percentage = z.union([z.number(), z.string().regex(/^\d{1,3}(\.\d{1,4})?%$/, badShare)], {
  error: badShare,
});

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

const window = z.strictObject({
  days: z.array(z.enum(dayNames)).min(1).optional().describe('Default: every day'),
  from: text.optional().describe('HH:MM of the wall clock; default 00:00'),
  to: text.optional().describe('HH:MM, or 24:00, the default; not after from: on the next day'),
  zone: text.default('UTC').describe('IANA name, such as Europe/Berlin'),
});

const webhook = z.union(
  [
    text.describe('http:// or https:// URL'),
    z.strictObject({
      url: text,
      timeoutMs: z.int().min(1).max(60_000).optional().describe('Default 5000'),
    }),
  ],
  { error: 'must be a URL, or a mapping with url' },
);

/** Settings of `canary` besides the steps and how long each is held. */
export const canaryExtras = {
  windows: z
    .strictObject({
      only: z.array(window).min(1).optional().describe('Steps forward are taken within these'),
      not: z.array(window).min(1).optional().describe('and never within these'),
    })
    .optional()
    .describe('When steps forward are taken; going back never waits'),
  approvals: z
    .array(
      z.strictObject({
        before: percentage.describe('The step that reaches this share waits'),
        by: z.int().min(1).max(5).default(1).describe('People, other than who asked'),
      }),
    )
    .optional()
    .describe('Ascending; given by ficus approve'),
  webhooks: z
    .strictObject({
      before: z.array(webhook).min(1).max(5).optional().describe('2xx: go; anything else: wait'),
      after: z.array(webhook).min(1).max(5).optional().describe('Told of a step; takes nothing back'),
    })
    .optional()
    .describe('POST of what a step is, before and after it'),
};

export const retire = z
  .strictObject({
    afterDays: z
      .int()
      .min(0)
      .max(365)
      .default(defaults.retire.afterDays)
      .describe('Without a hit of the monolith'),
  })
  .optional();

export type WindowConfig = z.input<typeof window>;
export type WebhookConfig = z.input<typeof webhook>;
export type WindowDay = (typeof dayNames)[number];
