import type { Answer, CapturedRequest, Side } from './pair.ts';

/** A client's request and the answer it got, for `ficus record`. Nothing of it is redacted yet. */
export interface RecordedExchange {
  /** UUID of our own; that of the pair when the request was copied, too. */
  readonly id: string;
  readonly migration: string;
  readonly route: string;
  /** ISO time at which the answer ended. */
  readonly at: string;
  readonly control: Side;
  readonly request: CapturedRequest;
  readonly answer: Answer;
}
