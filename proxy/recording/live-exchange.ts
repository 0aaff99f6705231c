import type { Answer, CapturedRequest, Pair, Side } from '../shadow/pair.ts';

/** A client's request with the answer that the client got, as it comes from a data-plane worker: not redacted. */
export interface LiveExchange {
  readonly id: string;
  readonly migration: string;
  readonly route: string;
  /** ISO time at which the answer ended. */
  readonly at: string;
  /** Whose answer it is. */
  readonly control: Side;
  readonly request: CapturedRequest;
  readonly answer: Answer;
}

export function exchangeOfPair(pair: Pair): LiveExchange {
  const { id, migration, route, at, control, request } = pair;
  return { id, migration, route, at, control, request, answer: pair[control] };
}
