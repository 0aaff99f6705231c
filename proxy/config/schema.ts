import { z } from 'zod';
import { contracts } from './contracts-schema.ts';
import { defaults } from './defaults.ts';
import { flagContextConfig, forceConfig, jwtConfig } from './identity-schema.ts';
import { canaryExtras, retire } from './schema-canary.ts';

/** routes.yaml as written. What a text means (a route, a URL, a place) is read where it is compiled. */

const dayMs = 86_400_000;
const timeoutMs = z.int().min(1).max(dayMs);
const count = z.int().min(0).max(1_000_000_000);
const text = z.string().min(1).max(1024);
const percentage = z
  .string({ error: 'must be a percentage, such as 99.5%' })
  .regex(/^\d{1,3}(\.\d{1,4})?%$/, 'must be a percentage from 0% to 100%, such as 99.5%');

/** Ids name flags, metrics and evidence, so they are plain everywhere. For editors; `checkId` reports it better. */
export const idPattern = /^[a-z][a-z0-9-]{0,62}$/;
const id = z.string().meta({ pattern: idPattern.source });

const breaker = z
  .strictObject({
    failures: z.int().min(1).max(1_000_000).default(defaults.breaker.failures).describe('Consecutive'),
    windowMs: timeoutMs.default(defaults.breaker.windowMs),
    openMs: timeoutMs.optional().describe('Default 5000; for the default upstream 1000'),
    counts: z
      .enum(['connect', 'any'])
      .optional()
      .describe('Default any; for the default upstream connect: only attempts to connect'),
  })
  .describe('When the upstream counts as gone and requests to it are refused at once');

const upstream = z
  .strictObject({
    url: text.describe('http://host:port/base, https://… or unix:/path/to.sock'),
    connectTimeoutMs: timeoutMs.default(defaults.upstream.connectTimeoutMs),
    responseTimeoutMs: timeoutMs
      .default(defaults.upstream.responseTimeoutMs)
      .describe("From the last byte of the request to the first byte of the answer's head"),
    idleTimeoutMs: timeoutMs
      .default(defaults.upstream.idleTimeoutMs)
      .describe('Longest silence within a body; event streams must speak at least this often'),
    maxConnections: z.int().min(1).max(65_535).default(defaults.upstream.maxConnections),
    maxWaiting: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(defaults.upstream.maxWaiting)
      .describe('Requests that may wait for a connection, a worker'),
    breaker: z
      .union([breaker, z.literal('off')], { error: 'must be a mapping of settings, or off' })
      .optional(),
    resolver: text.optional().describe('address:port of a name server; without it the system resolves'),
    host: text.optional().describe("Sent as Host instead of the client's"),
    version: text.optional().describe('The build, when the upstream does not announce itself'),
    credentials: z
      .union([z.enum(['drop', 'forward']), z.array(text)], {
        error: 'must be drop, forward, or a list of headers such as [authorization, cookie]',
      })
      .default(defaults.upstream.credentials)
      .describe("What shadow copies carry of the client's credentials: drop, forward, or header names"),
    tokens: z
      .array(
        z.strictObject({
          header: text.describe('Such as authorization'),
          file: text.optional().describe('File with the whole value, relative to this file'),
          map: text.optional().describe("JSON file: the client's value to the one that goes on the copy"),
          env: text.optional().describe('Variable with the whole value, FICUS_SECRET_…'),
        }),
      )
      .optional()
      .describe('What shadow copies carry instead of what the client sent'),
    ca: text.optional().describe('PEM file, relative to this file; https only'),
    cert: text.optional().describe('Client certificate, PEM file'),
    key: text.optional().describe("The client certificate's key, PEM file"),
    allowLinkLocal: z
      .boolean()
      .default(defaults.upstream.allowLinkLocal)
      .describe('Permit link-local and cloud metadata addresses, also for what its name resolves to'),
  })
  .describe('An address requests can be sent to');

const place = text.describe('status, header:<name>, or body:<JSON pointer, * for any index or name>');

const compare = z.strictObject({
  ignore: z.array(place).default([...defaults.compare.ignore]),
  unordered: z
    .array(
      z.strictObject({
        at: place,
        key: text.optional().describe('JSON pointer within an item that tells items apart'),
      }),
    )
    .default([...defaults.compare.unordered]),
  tolerate: z
    .array(
      z
        .strictObject({
          at: place,
          within: z.number().positive().optional().describe('Numbers: how far they may be apart'),
          withinMs: z
            .number()
            .positive()
            .max(365 * dayMs)
            .optional()
            .describe('Times (ISO 8601, HTTP dates, seconds or milliseconds since 1970): the same'),
        })
        .refine(({ within, withinMs }) => (within === undefined) !== (withinMs === undefined), {
          error: 'needs within (for numbers) or withinMs (for times), and not both',
        }),
    )
    .default([...defaults.compare.tolerate]),
  map: z
    .array(
      z
        .strictObject({
          at: place,
          pattern: text
            .optional()
            .describe('Regular expression; what it matches is replaced before comparing'),
          to: z.string().max(1024).optional().describe('The constant in its place; default empty'),
          side: z.enum(['both', 'monolith', 'service']).optional().describe('Default both'),
          ids: z
            .literal(true)
            .optional()
            .describe('The two values are two names of one thing, wherever else in the answers they stand'),
        })
        .refine(({ pattern, ids }) => (pattern === undefined) !== (ids === undefined), {
          error: 'needs pattern (a regular expression) or ids: true, and not both',
        }),
    )
    .default([...defaults.compare.map]),
});

const route = z.union(
  [
    text.describe('METHOD /template, such as GET /api/orders/{orderId}; * for any method, /** for a subtree'),
    z.strictObject({
      match: text.describe('METHOD /template'),
      shadow: z
        .enum(['compare', 'never', 'record', 'dry-run'])
        .optional()
        .describe('Default: compare for GET, HEAD, OPTIONS and *, never for other methods'),
      compare: compare.optional().describe("Rules of this route, besides the migration's"),
      rewrite: text.optional().describe('Template on the service, with the same parameters'),
    }),
  ],
  { error: 'must be a route such as GET /api/orders/{orderId}, or a mapping with match' },
);

const migration = z
  .strictObject({
    service: text.describe("The service's upstream"),
    owner: text.optional(),
    openapi: text
      .optional()
      .describe("File with the service's OpenAPI description, relative to this file; else as it announces"),
    hosts: z.array(text).default([...defaults.migration.hosts]),
    stickBy: z
      .array(text.describe('header:NAME, cookie:NAME, claim:NAME; last of all ip or random'))
      .default([...defaults.migration.stickBy])
      .describe('Tried in order; without a value the monolith answers until the share is 100 %'),
    flagContext: flagContextConfig.optional().describe('In place of that of the whole file'),
    routes: z.array(route).min(1).describe('The routes that move together'),
    shadow: z
      .strictObject({
        timeoutMs: timeoutMs.default(defaults.shadow.timeoutMs),
        maxBodyBytes: z.int().min(0).max(8_388_608).default(defaults.shadow.maxBodyBytes),
        noise: z
          .strictObject({
            share: percentage
              .default(defaults.noise.share)
              .describe('Of the copied requests of safe methods'),
            maxPerSecond: z.number().min(0).max(10_000).default(defaults.noise.maxPerSecond),
          })
          .optional()
          .describe(
            'How often the monolith is asked the same once more, to see how far it agrees with itself',
          ),
        compare: compare.optional(),
        redact: z.array(place).default([...defaults.shadow.redact]),
      })
      .optional(),
    gate: z
      .strictObject({
        minPairs: count.default(defaults.gate.minPairs),
        agreement: percentage.default(defaults.gate.agreement),
        latencyP99Ratio: z.number().positive().max(1000).default(defaults.gate.latencyP99Ratio),
        latencyFloorMs: z.number().min(0).max(dayMs).default(defaults.gate.latencyFloorMs),
        contracts: z.enum(['required', 'optional', 'off']).default(defaults.gate.contracts),
        unproven: z.enum(['refuse', 'allow']).default(defaults.gate.unproven),
        unjudged: z.enum(['refuse', 'allow']).default(defaults.gate.unjudged),
        coverage: z.enum(['warn', 'require', 'off']).default(defaults.gate.coverage),
        openapi: z.enum(['warn', 'require', 'off']).default(defaults.gate.openapi),
      })
      .optional(),
    coverage: z
      .strictObject({
        role: text.optional().describe('header:NAME, or claim:NAME of a bearer JWT; only counted by'),
        roles: z
          .array(text)
          .default([...defaults.coverage.roles])
          .describe('Roles that traffic must show'),
        minPairs: z.int().min(1).max(1_000_000).default(defaults.coverage.minPairs),
      })
      .optional(),
    canary: z
      .strictObject({
        steps: z
          .array(z.union([z.number(), percentage], { error: 'must be a percentage, such as 5 or 0.1' }))
          .min(1)
          .default([...defaults.canary.steps])
          .describe('Percent, ascending, the last is 100'),
        holdMinutes: z.number().min(0).max(527_040).default(defaults.canary.holdMinutes),
        minRequests: count.default(defaults.canary.minRequests),
        ...canaryExtras,
      })
      .optional(),
    retire,
    readYourWrites: z
      .union([text, z.strictObject({ seconds: z.int().min(1).max(3600) })], {
        error: 'must be a time such as 30s, or { seconds: 30 }',
      })
      .optional()
      .describe('How long a user is answered by the side that took their last write, by a signed cookie'),
    guard: z
      .strictObject({
        errorRate: percentage.default(defaults.guard.errorRate),
        timesMonolith: z.number().min(1).max(1000).default(defaults.guard.timesMonolith),
        windowSeconds: z.int().min(1).max(3600).default(defaults.guard.windowSeconds),
        minRequests: count.default(defaults.guard.minRequests),
        slowRate: percentage
          .default(defaults.guard.slowRate)
          .describe('Of answers over latencyP99Ratio times the p99 of the monolith'),
        latencyP99Ratio: z.number().min(1).max(1000).default(defaults.guard.latencyP99Ratio),
        latencyFloorMs: z.number().min(0).max(dayMs).default(defaults.guard.latencyFloorMs),
        mismatchRate: percentage
          .default(defaults.guard.mismatchRate)
          .describe('Of pairs that differ in what is neither noise nor expected'),
      })
      .optional(),
    contracts: contracts.optional(),
  })
  .describe('The unit that moves: routes that share state, their service, their gate');

export const routesSchema = z
  .strictObject({
    version: z.literal(1).default(1),
    upstreams: z.record(id, upstream),
    default: text.describe('The upstream of every other path: the monolith'),
    jwt: jwtConfig.optional(),
    force: forceConfig.optional(),
    flagContext: flagContextConfig.optional(),
    migrations: z.record(id, migration).optional(),
  })
  .describe('Ficus routes');

export type RoutesConfig = z.input<typeof routesSchema>;
export type UpstreamConfig = z.input<typeof upstream>;
export type MigrationConfig = z.input<typeof migration>;
export type RouteConfig = z.input<typeof route>;
export type CompareConfig = z.input<typeof compare>;

export const routesJsonSchema = z.toJSONSchema(routesSchema, { io: 'input' });
