import type { Problem } from '../../../proxy/admin/api-types.ts';

/** What was not done, and why. `status` 0: nobody answered. */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem | undefined;

  constructor(message: string, status: number, problem?: Problem) {
    super(message);
    this.status = status;
    this.problem = problem;
  }

  /** One sentence each. */
  get reasons(): readonly string[] {
    const reasons = this.problem?.reasons;
    return reasons && reasons.length > 0 ? reasons : [this.message];
  }
}

const answerWithinMs = 20_000;

let csrf: string | undefined;

/** What writes must show, where a browser's session wants it. */
export function setCsrf(value: string | undefined): void {
  csrf = value;
}

/** Rejects with an ApiError. */
export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  const signals = [AbortSignal.timeout(answerWithinMs), ...(signal ? [signal] : [])];
  return ask<T>(path, { signal: AbortSignal.any(signals) });
}

/** Of commands that nobody knows the answer of: the same one sent again is the same command. */
const keys = new Map<string, string>();

/**
 * Rejects with an ApiError. Clicked twice, or tried again after its answer got lost, it is done once. `ifMatch`: the
 * revision that a move was decided on, so that of two people at once the second learns what the first did.
 */
export async function write<T>(
  path: string,
  body: object,
  ifMatch?: string,
  { withinMs = answerWithinMs }: { readonly withinMs?: number } = {},
): Promise<T> {
  const text = JSON.stringify(body);
  const command = JSON.stringify([path, text, ifMatch]);
  const key = keys.get(command) ?? newKey();
  keys.set(command, key);
  try {
    const answer = await ask<T>(path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-ficus-actor': 'dashboard',
        'idempotency-key': key,
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
        ...(csrf !== undefined && { 'x-ficus-csrf': csrf }),
      },
      body: text,
      signal: AbortSignal.timeout(withinMs),
    });
    keys.delete(command);
    return answer;
  } catch (error) {
    const isAnswered = error instanceof ApiError && error.status !== 0;
    if (isAnswered) keys.delete(command);
    throw error;
  }
}

/** `crypto.randomUUID` is there over HTTPS and on localhost only. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(path, { ...init, credentials: 'same-origin' }).catch((error: Error) => {
    if (init.signal?.aborted && error.name === 'AbortError') throw error;
    throw new ApiError('Ficus does not answer. Traffic does not depend on this page.', 0);
  });
  // A probe that says "not ready" is an answer as well.
  if (response.ok || (response.status === 503 && path === '/readyz')) {
    return (response.status === 204 ? undefined : await response.json()) as T;
  }
  const problem = await problemOf(response);
  throw new ApiError(problem?.detail ?? `Ficus answered ${response.status}.`, response.status, problem);
}

async function problemOf(response: Response): Promise<Problem | undefined> {
  if (!response.headers.get('content-type')?.includes('json')) return undefined;
  return (await response.json().catch(() => undefined)) as Problem | undefined;
}
