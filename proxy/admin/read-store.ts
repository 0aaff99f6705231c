import { AdminProblem } from './problem.ts';

/** Longer than the store gives a statement: its own error says more. */
const readTimeoutMs = 8_000;

/** A read that answers in time, or says that the store is away; what only a mistake can cause stays one. */
export async function readStore<T>(read: () => Promise<T>, timeoutMs = readTimeoutMs): Promise<T> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    timeout.reject(new Error(`The store did not answer within ${timeoutMs} ms`));
  }, timeoutMs);
  try {
    return await Promise.race([read(), timeout.promise]);
  } catch (error) {
    throw isMistake(error) ? error : storeUnavailable(error);
  } finally {
    clearTimeout(timer);
  }
}

function storeUnavailable(error: unknown): AdminProblem {
  const cause = error instanceof Error ? error.message : String(error);
  return new AdminProblem(
    'store_unavailable',
    `The store did not answer (${cause || 'no connection'}). Traffic goes on, and rolling back still works.`,
    { cause: error },
  );
}

/** SQLSTATE classes of a statement that can't work: bad data (22), broken constraint (23), bad SQL (42). */
const mistakenState = /^(22|23|42)[0-9A-Z]{3}$/;

function isMistake(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError)
    return true;
  return error instanceof Error && 'code' in error && mistakenState.test(String(error.code));
}
