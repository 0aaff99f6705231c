import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { MigrationStatus, Problem } from '../proxy/admin/api-types.ts';
import { FailedError, UsageError } from './failures.ts';
import { type HttpAnswer, sendRequest } from './http-request.ts';

export interface AdminClient {
  /** Where it asks: a URL without a slash at its end. */
  readonly base: string;
  /** `timeoutMs`: for who can't wait as long as usual. */
  get<T>(path: string, timeoutMs?: number): Promise<T>;
  post<T>(path: string, order: object): Promise<T>;
  /** What is no JSON document: a file. */
  read(path: string): Promise<Readable>;
}

/** Every row of a list that is answered in pages, as one answer. `rows`: the name of its list. */
export async function allPages<List extends { readonly nextCursor?: string }>(
  client: Pick<AdminClient, 'get'>,
  path: string,
  rows: Exclude<keyof List, 'nextCursor'>,
): Promise<List> {
  const rowsOf = (page: List) => page[rows] as readonly unknown[];
  let page = await client.get<List>(path);
  const { nextCursor, ...all } = { ...page, [rows]: [...rowsOf(page)] };
  for (let cursor = nextCursor; cursor !== undefined; cursor = page.nextCursor) {
    page = await client.get<List>(`${path}${path.includes('?') ? '&' : '?'}cursor=${cursor}`);
    (all as unknown as Record<typeof rows, unknown[]>)[rows].push(...rowsOf(page));
  }
  return all as unknown as List;
}

/** Long enough for a verification: it replays every interaction of every contract on both sides. */
const requestTimeoutMs = 240_000;

export interface AdminAddress {
  readonly url: string;
  /** Where the URL comes from, for messages: `--admin`. */
  readonly origin: string;
  readonly token: string | undefined;
  /** For the audit: `cli:alice`. */
  readonly actor: string;
  /** Of the migration, that a move is decided on; undefined: that which stands when the command starts. */
  readonly revision: number | undefined;
}

interface AskOptions {
  readonly revision?: number;
  readonly key?: string;
  readonly timeoutMs?: number;
}

/** Calls of the admin API. What is not done, or not answered by Ficus, is thrown as `FailedError`. */
export function createAdminClient(address: AdminAddress): AdminClient {
  const base = parseAddress(address);
  const headers = {
    accept: 'application/json, application/problem+json',
    'content-type': 'application/json',
    'x-ficus-actor': address.actor,
    ...(address.token && { authorization: `Bearer ${address.token}` }),
  };

  async function ask<T>(
    method: 'GET' | 'POST',
    path: string,
    order?: object,
    { revision, key, timeoutMs = requestTimeoutMs }: AskOptions = {},
  ): Promise<T> {
    const request = {
      method,
      headers: {
        ...headers,
        ...(revision !== undefined && { 'if-match': `"${revision}"` }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      timeoutMs,
      ...(order && { body: JSON.stringify(order) }),
    };
    // With a key an answer that got lost is asked for again, and nothing is done twice.
    const again = (error: NodeJS.ErrnoException) => {
      if (key === undefined || !lostAnswers.has(error.code ?? '')) throw error;
      return sendRequest(base + path, request);
    };
    const response = await sendRequest(base + path, request)
      .catch(again)
      .catch((error) => throwUnreachable(base, error));
    return readAnswer<T>(base, response);
  }

  /** Which moves want a revision is Ficus's to say; then it is the one that was read before. */
  async function post<T>(path: string, order: object): Promise<T> {
    const key = randomUUID();
    if (address.revision !== undefined)
      return ask<T>('POST', path, order, { key, revision: address.revision });
    const migration = /^\/api\/migrations\/[^/]+(?=\/)/.exec(path)?.[0];
    if (migration === undefined) return ask<T>('POST', path, order, { key });
    try {
      return await ask<T>('POST', path, order, { key });
    } catch (error) {
      if (!(error instanceof FailedError && error.code === 'revision_needed')) throw error;
      const { revision } = await ask<MigrationStatus>('GET', migration);
      return ask<T>('POST', path, order, { key, revision });
    }
  }

  return {
    base,
    get: (path, timeoutMs) => ask('GET', path, undefined, timeoutMs === undefined ? {} : { timeoutMs }),
    post,
    async read(path) {
      // Without a time limit: a file may be large, and the connection slow.
      const request = { method: 'GET', headers: { ...headers, accept: '*/*' } };
      const response = await sendRequest(base + path, request).catch((error) =>
        throwUnreachable(base, error),
      );
      const type = response.header('content-type')?.split(';')[0] ?? '';
      const isFile = type === 'application/octet-stream' || type === 'application/x-ndjson';
      if (response.ok && isFile) return response.body;
      await readAnswer(base, response);
      throwNotFicus(base, `${response.status}, ${type}`);
    },
  };
}

/** The connection ended before the answer was there. */
const lostAnswers: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

function parseAddress({ url, origin, token }: AdminAddress): string {
  const parsed = URL.parse(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    throw new UsageError(`${origin} wants a URL such as http://127.0.0.1:8081, not "${url}"`);
  }
  if (parsed.username || parsed.password || parsed.search || parsed.hash) {
    throw new UsageError(
      `${origin} wants a URL without user, query and fragment; a token goes into FICUS_TOKEN`,
    );
  }
  if (token !== undefined && !/^[\x21-\x7e]*$/.test(token)) {
    throw new UsageError('FICUS_TOKEN has characters that a bearer token can not have');
  }
  return parsed.href.replace(/\/+$/, '');
}

async function readAnswer<T>(base: string, response: HttpAnswer): Promise<T> {
  const type = response.header('content-type')?.split(';')[0] ?? 'no content type';
  const isJson = /^application\/(problem\+)?json$/.test(type);
  const body = isJson ? await response.json() : undefined;
  // What nobody reads would keep the process from ending.
  if (!isJson) response.body.destroy();
  if (typeof body !== 'object' || body === null) throwNotFicus(base, `${response.status}, ${type}`);
  if (response.ok) return body as T;
  const problem: Partial<Problem> = body;
  if (typeof problem.code !== 'string') throwNotFicus(base, `${response.status} without a code`);
  throw new FailedError(describeProblem(problem), { document: problem, reasons: problem.reasons ?? [] });
}

function describeProblem({ title, detail, reasons, status, requestId }: Partial<Problem>): string {
  if (reasons?.length) return `${title}:`;
  return status === 500 ? `${title}: ${detail} (request id ${requestId})` : `${detail}`;
}

function throwNotFicus(base: string, answer: string): never {
  const text = `what answers at ${base} is not Ficus's admin plane (${answer}): name another with --admin`;
  throw failed('not_ficus', 'Something else answers', text);
}

const causes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name can not be resolved now',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'connecting timed out',
};

function throwUnreachable(base: string, error: NodeJS.ErrnoException): never {
  const { code = '', message } = error;
  const why = error.name === 'TimeoutError' ? 'no answer in time' : causes[code];
  const text = `no Ficus answers at ${base} (${why ?? message}): start it with \`ficus up\`, or name another with --admin`;
  throw failed('unreachable', 'No Ficus answers', text, error);
}

function failed(code: string, title: string, detail: string, cause?: unknown): FailedError {
  return new FailedError(detail, {
    document: { type: `urn:ficus:problem:${code}`, title, code, detail },
    cause,
  });
}
