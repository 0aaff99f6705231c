import { headerValues } from '../compare/headers.ts';
import type { CompleteAnswer } from '../pair.ts';

/** What is needed of a pair that was kept. */
export interface RecordedPair {
  readonly migration: string;
  readonly route: string;
  readonly request: { readonly method: string; readonly target: string; readonly headers: readonly string[] };
  /** What the faults are made in. */
  readonly answer: CompleteAnswer;
}

/** A line of NDJSON with a pair as the admin API gives it; undefined for one without an answer of the monolith to use. */
export function readRecordedPair(line: string): RecordedPair | undefined {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isRecord(row) || !isRecord(row['monolith'])) return undefined;
  const { migration, route, request } = row;
  const { status, headers, body } = row['monolith'];
  if (typeof migration !== 'string' || typeof route !== 'string' || typeof status !== 'number')
    return undefined;
  const texts = textsOf(headers);
  if (typeof body !== 'string' || body.endsWith('… <cut>')) return undefined;
  const asked = isRecord(request) ? request : {};
  return {
    migration,
    route,
    request: {
      method: typeof asked['method'] === 'string' ? asked['method'] : route.split(' ', 1)[0]!,
      target: typeof asked['target'] === 'string' ? asked['target'] : '/',
      headers: textsOf(asked['headers']),
    },
    answer: asReceived(status, texts, body),
  };
}

/** Kept bodies are decoded, and written for people: they are read again as what they are written as. */
function asReceived(status: number, headers: readonly string[], body: string): CompleteAnswer {
  const type = headerValues(headers).get('content-type')?.[0] ?? '';
  const isForm = type.startsWith('application/x-www-form-urlencoded');
  const isJson = /^\s*[[{]/.test(body);
  const text = isForm
    ? body
        .split('\n')
        .map((field) => field.split('=').map(encodeURIComponent).join('='))
        .join('&')
    : body;
  const kept: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index]!.toLowerCase();
    if (name === 'content-encoding') continue;
    // Lines and events are kept as one array of JSON.
    const value = name === 'content-type' && isJson ? 'application/json' : headers[index + 1]!;
    kept.push(headers[index]!, value);
  }
  return { outcome: 'complete', status, headers: kept, body: Buffer.from(text), durationMs: 0 };
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
