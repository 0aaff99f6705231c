import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { placeholderProblem } from './placeholders.ts';

/** What brings a provider into a state: requests to it, and values for what consumers take from the state. */
export interface ProviderState {
  readonly steps: readonly StateStep[];
  readonly values: Readonly<Record<string, string | number | boolean>>;
}

/** One request to the side that is verified. Texts may hold placeholders. */
export interface StateStep {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Undefined: any status under 400. */
  readonly expectStatus: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** A text is sent as it is, anything else as JSON. */
  readonly body: unknown;
  /** Values of the state by name: JSON pointers into the step's answer. */
  readonly take: Readonly<Record<string, string>>;
}

export type ProviderStates = Readonly<Record<string, ProviderState>>;

/** Where a service is asked for the messages that it publishes. */
export interface MessagePlace {
  readonly path: string;
  /** Texts may hold placeholders. */
  readonly headers: Readonly<Record<string, string>>;
}

const defaultMessagePlace: MessagePlace = { path: '/.well-known/ficus/messages', headers: {} };

export type ReadStates =
  | {
      readonly ok: true;
      readonly states: ProviderStates;
      readonly messages: MessagePlace;
      readonly warnings: readonly string[];
    }
  /** Every problem with its place: `catalog.yaml:4:7 states.x.steps.0.request …`. */
  | { readonly ok: false; readonly problems: readonly string[] };

const maxFileBytes = 1024 * 1024;

const text = z.string().superRefine((value, context) => {
  const problem = placeholderProblem(value);
  if (problem) context.addIssue({ code: 'custom', message: problem });
});
const request = text.regex(
  /^[A-Z]+ \/\S*$/,
  'must be a method and a path, such as GET /api/products?limit=3',
);
const headers = z
  .record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is no name of a header'), text)
  .default({});
const step = z.strictObject({
  request,
  expectStatus: z.int().min(100).max(599).optional(),
  headers,
  body: z.json().optional(),
  take: z.record(z.string(), z.string().regex(/^(\/[^/]*)+$/, 'is no JSON pointer, such as /id')).default({}),
});
const state = z.strictObject({
  steps: z.array(step).default([]),
  values: z.record(z.string(), z.union([text, z.number(), z.boolean()])).default({}),
});
// `a state:` with nothing below it is null in YAML: a state that needs nothing done.
const statesFile = z.strictObject({
  states: z.record(z.string(), state.nullable()).nullable(),
  messages: z
    .strictObject({
      path: z
        .string()
        .regex(/^\/\S*$/, 'must be a path, such as /messages')
        .default(defaultMessagePlace.path),
      headers,
    })
    .default(defaultMessagePlace),
});

/** Reads `<dir>/<service>.yaml`. No such file is a warning: the provider may need no states. */
export async function readProviderStates(dir: string, service: string): Promise<ReadStates> {
  const file = path.join(dir, `${service}.yaml`);
  let source: string;
  try {
    if ((await stat(file)).size > maxFileBytes)
      return { ok: false, problems: [`${file} is over ${maxFileBytes} bytes`] };
    source = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      return { ok: false, problems: [`${file} can't be read: ${(error as Error).message}`] };
    }
    const warnings = [`${file} is not there: no provider state is set up`];
    return { ok: true, states: {}, messages: defaultMessagePlace, warnings };
  }
  return parseStates(file, source);
}

function parseStates(file: string, source: string): ReadStates {
  const lines = new LineCounter();
  let document: Document;
  let content: unknown;
  try {
    document = parseDocument(source, { lineCounter: lines, uniqueKeys: true });
    content = document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    // Thousands of brackets overflow the parser's stack, an alias breaks the limit: neither is a YAMLParseError.
    return { ok: false, problems: [`${file} can't be read as YAML: ${(error as Error).message}`] };
  }
  if (document.errors.length > 0) {
    const problems = document.errors.map(
      ({ message, pos }) => `${file}:${placeOf(lines, pos[0])} ${firstLine(message)}`,
    );
    return { ok: false, problems };
  }
  const parsed = statesFile.safeParse(content);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) =>
        `${file}:${placeOf(lines, offsetOf(document, issue.path))} ${issue.path.join('.')} ${issue.message}`,
    );
    return { ok: false, problems };
  }
  const states = Object.entries(parsed.data.states ?? {}).map(
    ([name, written]) => [name, compile(written)] as const,
  );
  const { messages } = parsed.data;
  return { ok: true, states: Object.fromEntries(states), messages, warnings: [] };
}

function compile(written: z.output<typeof state> | null): ProviderState {
  const steps = (written?.steps ?? []).map(({ request, expectStatus, headers, body, take }) => {
    const space = request.indexOf(' ');
    return {
      method: request.slice(0, space),
      target: request.slice(space + 1),
      expectStatus,
      headers,
      body,
      take,
    };
  });
  return { steps, values: written?.values ?? {} };
}

/** Where the nearest thing that is there begins. */
function offsetOf(document: Document, place: readonly PropertyKey[]): number {
  for (let length = place.length; length >= 0; length--) {
    const node = document.getIn(place.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function placeOf(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${line}:${col}`;
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? '';
}
