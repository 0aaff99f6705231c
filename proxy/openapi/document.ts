import { createHash } from 'node:crypto';
import { parse } from 'yaml';

/** A service's description as it was written: OpenAPI 3.0 or 3.1. Plain data; nothing but its `paths` is sure to be there. */
export interface ApiDocument {
  readonly openapi: string;
  readonly info?: { readonly title?: string; readonly version?: string };
  readonly servers?: readonly { readonly url?: string }[];
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components?: Readonly<Record<string, unknown>>;
  readonly security?: unknown;
}

export type ReadDocument =
  | { readonly ok: true; readonly document: ApiDocument; readonly hash: string }
  /** What is wrong with it, for people. */
  | { readonly ok: false; readonly problem: string };

const maxChars = 4 * 1024 * 1024;
const maxDepth = 64;

/** Reads YAML or JSON. `hash`: 12 hex digits over what it says, not over how it is written. Never throws. */
export function readDocument(text: string): ReadDocument {
  if (text.length > maxChars) return { ok: false, problem: `is over ${maxChars} characters` };
  let value: unknown;
  try {
    value = text.trimStart().startsWith('{') ? JSON.parse(text) : parse(text, { maxAliasCount: 100 });
  } catch (error) {
    return { ok: false, problem: `is neither JSON nor YAML: ${(error as Error).message.split('\n')[0]}` };
  }
  if (!isObject(value)) return { ok: false, problem: 'is no mapping' };
  const { openapi, paths } = value;
  if (typeof openapi !== 'string' || !/^3\.[01](\.|$)/.test(openapi))
    return { ok: false, problem: `is no OpenAPI 3.0 or 3.1 (openapi: ${shown(openapi)})` };
  if (!isObject(paths)) return { ok: false, problem: 'has no paths' };
  if (isDeeperThan(value, maxDepth)) return { ok: false, problem: `is nested deeper than ${maxDepth}` };
  const hash = createHash('sha256').update(canonical(value)).digest('hex').slice(0, 12);
  return { ok: true, document: value as unknown as ApiDocument, hash };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What a reference within the document points to; other files are not followed. Anything else is returned as it is.
 * Undefined for what leads nowhere or in a circle.
 */
export function resolved(document: ApiDocument, value: unknown): unknown {
  let at = value;
  for (let hops = 0; hops < 32; hops++) {
    if (!isObject(at) || typeof at['$ref'] !== 'string') return at;
    at = pointedTo(document, at['$ref']);
  }
  return undefined;
}

export function pointedTo(document: ApiDocument, ref: string): unknown {
  if (ref === '#') return document;
  if (!ref.startsWith('#/')) return undefined;
  let at: unknown = document;
  for (const part of ref.slice(2).split('/')) {
    const key = decode(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function shown(value: unknown): string {
  return value === undefined ? 'absent' : (JSON.stringify(value)?.slice(0, 40) ?? 'odd');
}

/** Objects in the order of their keys: two documents that say the same have one text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const entries = Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${entries.join(',')}}`;
}

/** Also of aliases that make a YAML document refer to itself. */
function isDeeperThan(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (left === 0) return true;
  return Object.values(value).some((inner) => isDeeperThan(inner, left - 1));
}
