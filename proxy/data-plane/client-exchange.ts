/** Who a client's exchange is for: told of the rest of the request, and of the client's pace and leaving. */
export interface ExchangeHandler {
  /** Body bytes without their framing, once `readBody` was called. Never empty. */
  onRequestBody(chunk: Buffer): void;
  /** The whole request has been read. */
  onRequestEnd(): void;
  /** The rest of the request is malformed; `detail` is a sentence for the client. */
  onRequestMalformed(detail: string): void;
  /** The client takes answer bytes again after `write` returned false. */
  onClientReady(): void;
  /** The client is gone before its answer was whole. Nothing more is called. */
  onClientClosed(): void;
}

/** What an answer's body will be: nothing, as many bytes as its Content-Length says, or unknown. */
export type AnswerBody = 'none' | 'sized' | 'unsized';

/** One request of a client and the answer to it, whatever protocol carries them. */
export interface ClientExchange {
  /** Whether the whole request has been read. */
  readonly requestComplete: boolean;
  /** Set by whoever answers. */
  handler: ExchangeHandler | undefined;
  /** A client that takes not one byte of what waits for it for so many ms is given up. */
  silenceLimitMs: number;
  /** Lets the request's body flow to the handler. Before, it waits, and soon the client with it. */
  readBody(): void;
  pauseBody(): void;
  resumeBody(): void;
  /** Sends an interim answer. `headers` are flat. */
  inform(status: number, reason: string, headers: readonly string[]): void;
  /** Begins the answer; its head goes out with the first bytes of the body, or at the end of this turn. */
  begin(status: number, reason: string, headers: readonly string[], body: AnswerBody): void;
  /** False asks the caller to wait for `onClientReady`. The chunk is only lent. */
  write(chunk: Buffer): boolean;
  /** Ends the answer, with its last bytes if there are any left; flat trailers go where the framing has room for them. */
  end(last?: Buffer, trailers?: readonly string[]): void;
  /** Ends the exchange so that no client can take half an answer for the whole. */
  abort(): void;
}
