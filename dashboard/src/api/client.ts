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

/**
 * Rejects with an ApiError. `ifMatch`: the revision that a move was decided on, so that of two people at once the
 * second learns what the first did.
 */
export async function write<T>(
  path: string,
  body: object,
  ifMatch?: string,
  { withinMs = answerWithinMs }: { readonly withinMs?: number } = {},
): Promise<T> {
  return ask<T>(path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-ficus-actor': 'dashboard',
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      ...(csrf !== undefined && { 'x-ficus-csrf': csrf }),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(withinMs),
  });
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
