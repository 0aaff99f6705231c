import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type InteractionUse, interactionUse, requestShape, responseShape } from './interaction-use.ts';

/** A pact, as far as Ficus looks into it; the rest of `content` is for the verifier. */
export interface PactFile {
  readonly consumer: string;
  readonly provider: string;
  /** Where it is from: an absolute path, or a URL without its query. */
  readonly file: string;
  /** JSON text. What is verified is this, whatever the file says by then. */
  readonly content: string;
  /** Equal for files that ask the same of a provider, whatever wrote them and in which order. */
  readonly pactHash: string;
  readonly interactions: readonly PactInteraction[];
  /** Its failing holds nothing: the consumer asks for something that the provider never promised. */
  readonly pending: boolean;
  /** Where a broker wants to be told what came of it. */
  readonly publishUrl?: string;
}

export interface PactInteraction {
  readonly description: string;
  /** Method and path with the example's values, e.g. `GET /api/products/P-000017`; `message …` for one. */
  readonly request: string;
  /** Names of the provider states it needs. */
  readonly states: readonly string[];
  /** Of HTTP; undefined for a message. */
  readonly use?: InteractionUse;
}

export const maxPactBytes = 5 * 1024 * 1024;

const party = z.object({ name: z.string().min(1) });
const states = {
  description: z.string().default(''),
  // The second form is that of the first versions of the format.
  providerStates: z.array(z.object({ name: z.string() })).nullish(),
  providerState: z.string().nullish(),
};
const interactionShape = z.looseObject({
  ...states,
  type: z.string().optional(),
  request: z.unknown().optional(),
  response: z.unknown().optional(),
});
const pactShape = z.looseObject({
  consumer: party,
  provider: party,
  interactions: z.array(interactionShape).default([]),
  /** Of the third version of the format, which has files of messages alone. */
  messages: z.array(z.looseObject(states)).default([]),
  metadata: z.unknown().optional(),
});

/** `pact.addMetadata('ficus', 'pending', 'true')` in the consumer's tests. */
const marked = z.object({ ficus: z.object({ pending: z.union([z.literal(true), z.literal('true')]) }) });

export type PactReading = { readonly pact: PactFile } | { readonly problem: string };

/** What is known of a pact besides its content. */
export type PactOrigin = Partial<Pick<PactFile, 'pending' | 'publishUrl'>>;

/** Reads the text of a pact from `file`; a problem says what is wrong with it. */
export function parsePact(file: string, content: string, origin: PactOrigin = {}): PactReading {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (error) {
    return { problem: `${file} is not JSON: ${(error as Error).message}` };
  }
  const parsed = pactShape.safeParse(json);
  if (!parsed.success) return { problem: `${file} is no pact file: ${z.prettifyError(parsed.error)}` };
  const { consumer, provider, interactions, messages, metadata } = parsed.data;
  const asked = [...interactions, ...messages];
  const read: PactInteraction[] = [];
  for (const interaction of interactions) {
    const one = readInteraction(interaction);
    if ('problem' in one)
      return { problem: `${file}: interaction "${interaction.description}": ${one.problem}` };
    read.push(one);
  }
  for (const message of messages) read.push(readMessage(message));
  const pact: PactFile = {
    ...origin,
    consumer: consumer.name,
    provider: provider.name,
    file,
    content,
    pactHash: hashOf(consumer.name, provider.name, asked),
    interactions: read,
    pending: origin.pending ?? marked.safeParse(metadata).success,
  };
  return { pact };
}

/** Whether it asks for answers; one that does not is about what the provider publishes alone. */
export function hasHttp({ interactions }: Pick<PactFile, 'interactions'>): boolean {
  return interactions.length === 0 || interactions.some(({ use }) => use !== undefined);
}

/** Of an interaction, for people: what is asked, and what the consumer calls it. */
export function subjectOf({ request, description, use }: PactInteraction): string {
  return use && description !== '' ? `${request}: ${description}` : request;
}

function readInteraction(
  interaction: z.output<typeof interactionShape>,
): PactInteraction | { problem: string } {
  const { description, type } = interaction;
  if (type !== undefined && type !== 'Synchronous/HTTP') return readMessage(interaction);
  const request = requestShape.safeParse(interaction.request ?? {});
  if (!request.success) return { problem: z.prettifyError(request.error) };
  const response = responseShape.safeParse(interaction.response ?? {});
  if (!response.success) return { problem: z.prettifyError(response.error) };
  const { method, path } = request.data;
  return {
    description,
    request: `${method.toUpperCase()} ${path}`,
    states: statesOf(interaction),
    use: interactionUse(request.data, response.data),
  };
}

function readMessage(message: Stated): PactInteraction {
  return {
    description: message.description,
    request: `message ${message.description}`,
    states: statesOf(message),
  };
}

type Stated = Pick<z.output<typeof interactionShape>, keyof typeof states>;

function statesOf({ providerStates, providerState }: Stated): string[] {
  return providerStates?.map(({ name }) => name) ?? (providerState ? [providerState] : []);
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
