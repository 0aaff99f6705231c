import { z } from 'zod';

/**
 * The file format `recording/1`: lines of JSON, the first one a header, every other one an exchange. Written
 * once, here; the types and the JSON Schema in docs/ are made from it.
 */

const side = z.enum(['monolith', 'service']);

const headers = z
  .array(z.string())
  .refine((flat) => flat.length % 2 === 0, 'must be pairs of name and value')
  .describe('Flat: name, value, name, value, as they were received; redacted');

const body = z
  .union([
    z.strictObject({ text: z.string() }).describe('Decoded and redacted'),
    z.strictObject({ base64: z.string() }).describe('Bytes, where the file was made by somebody else'),
    z.strictObject({ omitted: z.string() }).describe('Why it is not here, such as <image/png, 512 bytes>'),
  ])
  .describe('Absent: there was none');

const answer = z.object({
  status: z.int().min(100).max(599).optional(),
  headers,
  body: body.optional(),
  durationMs: z.number().min(0).optional(),
  detail: z.string().optional().describe('Why there is no answer: timed-out: over 1000 ms'),
});

const exchange = z.object({
  id: z.string().min(1).max(200),
  at: z.iso.datetime({ offset: true }).describe('When the answer ended'),
  migration: z.string().optional(),
  route: z.string().optional().describe('GET /api/products/{productId}'),
  request: z.object({
    method: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}$/, 'must be a method'),
    target: z.string().startsWith('/').describe('Path and query, redacted'),
    headers,
    body: body.optional(),
  }),
  control: side.optional().describe('Whose answer the client got, and `answer` is'),
  answer: answer.optional(),
  differences: z
    .array(
      z.object({ signature: z.string(), place: z.string(), kind: z.string() }).describe('Found at that time'),
    )
    .optional(),
});

const verdict = z
  .object({
    signature: z.string(),
    state: z.enum(['bug', 'expected', 'noise']),
    owner: z.string().optional(),
    reason: z.string().optional(),
    until: z.iso.datetime({ offset: true }).optional().describe('When it ends'),
  })
  .describe('What holds for a signature: decided by people, or measured');

const header = z.object({
  ficus: z.literal('recording/1'),
  createdAt: z.iso.datetime({ offset: true }),
  source: z.enum(['record', 'regressions']),
  keyId: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional()
    .describe('Which redaction key hid the secrets; tells nothing about it'),
  migrations: z.array(z.string()),
  verdicts: z.array(verdict).optional().describe('In force when it was written'),
});

export type RecordingHeader = z.infer<typeof header>;
export type RecordedExchange = z.infer<typeof exchange>;
export type RecordedAnswer = z.infer<typeof answer>;
export type RecordedBody = z.infer<typeof body>;

export type RecordedVerdict = z.infer<typeof verdict>;

export const verdictSchema = verdict;
export const headerSchema = header;
export const exchangeSchema = exchange;

export const recordingJsonSchema = {
  title: 'A line of a Ficus recording, recording/1',
  ...z.toJSONSchema(z.union([header, exchange])),
};
