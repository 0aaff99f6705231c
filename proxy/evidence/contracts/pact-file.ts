import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';

/** A pact file, as far as Ficus looks into it; the rest is for the verifier. */
export interface PactFile {
  readonly consumer: string;
  readonly provider: string;
  /** Absolute path. */
  readonly file: string;
  /** Equal for files that ask the same of a provider, whatever wrote them and in which order. */
  readonly pactHash: string;
  readonly interactions: readonly PactInteraction[];
}

export interface PactInteraction {
  readonly description: string;
  /** Method and path with the example's values, e.g. `GET /api/products/P-000017`. */
  readonly request: string;
  /** Names of the provider states it needs. */
  readonly states: readonly string[];
}

const maxPactBytes = 5 * 1024 * 1024;

const party = z.object({ name: z.string().min(1) });
const interactionShape = z.looseObject({
  description: z.string().default(''),
  // The second form is that of the first versions of the format.
  providerStates: z.array(z.object({ name: z.string() })).optional(),
  providerState: z.string().nullish(),
  request: z.object({ method: z.string().default('GET'), path: z.string().default('/') }).optional(),
});
const pactShape = z.object({
  consumer: party,
  provider: party,
  interactions: z.array(interactionShape),
});

/** A pact, what is wrong with the file, or that it is a pact of messages, which is nobody's mistake. */
export type PactReading =
  | { readonly pact: PactFile }
  | { readonly problem: string }
  | { readonly isOfMessages: true };

/** Reads a pact file; a problem says what is wrong with it. */
export async function readPactFile(file: string): Promise<PactReading> {
  try {
    const { size } = await stat(file);
    if (size > maxPactBytes)
      return { problem: `${file} is too large for a pact file: over ${maxPactBytes} bytes` };
    return parsePact(file, await readFile(file, 'utf8'));
  } catch (error) {
    return { problem: `${file} can't be read: ${(error as Error).message}` };
  }
}

/** Of messages and of nothing else: what a service publishes is verified by its own tests. */
const messagesOnly = z.object({ messages: z.array(z.unknown()), interactions: z.undefined().optional() });

function parsePact(file: string, text: string): PactReading {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return { problem: `${file} is not JSON: ${(error as Error).message}` };
  }
  if (messagesOnly.safeParse(content).success) return { isOfMessages: true };
  const parsed = pactShape.safeParse(content);
  if (!parsed.success)
    return { problem: `${file} is no pact file with HTTP interactions: ${z.prettifyError(parsed.error)}` };
  const { consumer, provider, interactions } = parsed.data;
  const pact: PactFile = {
    consumer: consumer.name,
    provider: provider.name,
    file,
    pactHash: hashOf(consumer.name, provider.name, interactions),
    interactions: interactions.map(({ description, request, providerStates, providerState }) => ({
      description,
      request: request ? `${request.method.toUpperCase()} ${request.path}` : `message ${description}`,
      states: providerStates?.map(({ name }) => name) ?? (providerState ? [providerState] : []),
    })),
  };
  return { pact };
}

/** Members of an interaction that say nothing about what is asked of the provider. */
const noise: ReadonlySet<string> = new Set(['_id', 'key', 'comments', 'interactionMarkup']);

function hashOf(consumer: string, provider: string, interactions: readonly object[]): string {
  const asked = interactions.map((interaction) =>
    canonical(Object.fromEntries(Object.entries(interaction).filter(([name]) => !noise.has(name)))),
  );
  return createHash('sha256')
    .update(canonical([consumer, provider, asked.sort()]))
    .digest('hex');
}

/** JSON with sorted keys: one text for equal values. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (member === null || typeof member !== 'object' || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
