import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { type HarEntry, readHarEntries } from '../recording/read-har.ts';
import { readLines } from '../recording/read-lines.ts';
import type { FoundRoute } from './found-route.ts';
import { defaultTreeLimits, PathTree } from './path-tree.ts';
import { readLogLine } from './read-log-line.ts';
import { readOpenApi } from './read-openapi.ts';
import { routesOfTree } from './routes-of-tree.ts';
import { settleTree } from './settle-tree.ts';

/** What a source says about the monolith's routes. */
export interface Source {
  readonly kind: 'openapi' | 'access log' | 'har';
  readonly routes: readonly FoundRoute[];
  readonly requests: number;
  /** Lines or entries that are no request. */
  readonly malformed: number;
  /** Requests that make no route, by reason. */
  readonly leftOut: Readonly<Record<string, number>>;
  /** Where the traffic went; of a HAR only. */
  readonly origin?: string;
  readonly problems: readonly string[];
}

export class SourceError extends Error {}

const maxDocumentBytes = 32 * 1024 * 1024;
const maxLineChars = 64 * 1024;

/** Reads an OpenAPI document, a HAR or an access log; `origin`: the only one of a HAR that counts. */
export async function readSource(file: string, origin: string | undefined): Promise<Source> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw new SourceError(`${file} ${found ? 'is no file' : 'does not exist'}`);
  if (/\.har$/i.test(file)) return readHarSource(file, origin);
  if (/\.(ya?ml|json)$/i.test(file) && !(await isLog(file))) {
    if (found.size > maxDocumentBytes) throw new SourceError(`${file} is over ${maxDocumentBytes} bytes`);
    return readOpenApiSource(file);
  }
  return readLogSource(file);
}

/** A log of JSON lines may be called `.json`; its first line is a request. */
async function isLog(file: string): Promise<boolean> {
  let start = '';
  for await (const chunk of createReadStream(file, { end: maxLineChars, encoding: 'utf8' })) start += chunk;
  return readLogLine(start.split('\n')[0] ?? '') !== undefined;
}

async function readOpenApiSource(file: string): Promise<Source> {
  const read = readOpenApi(await readFile(file, 'utf8'));
  if (!read.ok) throw new SourceError(`${file} ${read.problem}`);
  return {
    kind: 'openapi',
    routes: read.routes,
    requests: 0,
    malformed: 0,
    leftOut: {},
    problems: read.problems,
  };
}

/** One pass in flat memory. */
async function readLogSource(file: string): Promise<Source> {
  const tree = new PathTree();
  let requests = 0;
  let malformed = 0;
  for await (const lines of readLines(file, { maxLineChars, onOverlong: () => malformed++ })) {
    for (const line of lines) {
      const observation = readLogLine(line.endsWith('\r') ? line.slice(0, -1) : line);
      if (observation) {
        requests++;
        tree.add(observation);
      } else if (line.trim() !== '') malformed++;
    }
  }
  if (requests === 0) {
    throw new SourceError(
      `${file} has no line of an access log in the common, combined or a JSON format (${malformed} lines were read)`,
    );
  }
  return { kind: 'access log', ...routesOf(tree), requests, malformed, problems: [] };
}

/** A browser talks to many: the monolith is the one that was named, or else the one it talked to most. */
async function readHarSource(file: string, origin: string | undefined): Promise<Source> {
  const byOrigin = new Map<string, HarEntry[]>();
  let malformed = 0;
  for await (const entry of readHarEntries(file, () => malformed++)) {
    byOrigin.set(entry.url.origin, [...(byOrigin.get(entry.url.origin) ?? []), entry]);
  }
  const [most] = [...byOrigin].sort(([, a], [, b]) => b.length - a.length);
  if (!most) throw new SourceError(`${file} has no request in it`);
  // Behind another name than the browser used, none of them is the one that was named.
  const [chosen, entries] = [origin, byOrigin.get(origin ?? '')] as const;
  const [name, taken] = chosen !== undefined && entries ? [chosen, entries] : most;
  const tree = new PathTree({ ...defaultTreeLimits });
  let unanswered = 0;
  for (const { url, exchange } of taken) {
    const { status, durationMs } = exchange.answer ?? {};
    if (status === undefined) unanswered++;
    else tree.add({ method: exchange.request.method, path: url.pathname, status, durationMs });
  }
  const all = [...byOrigin.values()].reduce((sum, one) => sum + one.length, 0);
  const { routes, leftOut } = routesOf(tree);
  return {
    kind: 'har',
    routes,
    requests: taken.length,
    malformed,
    leftOut: { ...leftOut, 'to other origins': all - taken.length, 'without an answer': unanswered },
    origin: name,
    problems: [],
  };
}

function routesOf(tree: PathTree): Pick<Source, 'routes' | 'leftOut'> {
  settleTree(tree.root);
  const routes = routesOfTree(tree.root, tree.leftOut);
  const { notFound, notCanonical, otherMethods, rare } = tree.leftOut;
  return {
    routes,
    leftOut: {
      'only ever refused (4xx)': notFound,
      'not in canonical form': notCanonical,
      'OPTIONS, TRACE or CONNECT': otherMethods,
      'of rare paths': rare,
    },
  };
}
