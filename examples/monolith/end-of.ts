import type { Response } from 'express';

/** Aborted when the client goes or the monolith stops, whichever comes first. */
export function endOf(response: Response, stopping: AbortSignal): AbortSignal {
  const ended = new AbortController();
  response.once('close', () => ended.abort());
  if (stopping.aborted) ended.abort();
  stopping.addEventListener('abort', () => ended.abort(), { signal: ended.signal });
  return ended.signal;
}
