/** Wrong usage: exit 2, with the usage line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Refused or failed: exit 1. `document` is what `--json` prints: the API's problem, or one in its shape. */
export class FailedError extends Error {
  override readonly name = 'FailedError';
  readonly document: object;
  readonly reasons: readonly string[];

  constructor(text: string, options: { document: object; reasons?: readonly string[]; cause?: unknown }) {
    super(text, { cause: options.cause });
    this.document = options.document;
    this.reasons = options.reasons ?? [];
  }

  /** Of the problem, such as `gate_refused`. */
  get code(): unknown {
    return 'code' in this.document ? this.document.code : undefined;
  }
}

/** Whether nothing that could have been asked was there; a refusal, such as for want of a token, is another matter. */
export function nobodyAnswers(error: unknown): boolean {
  return error instanceof FailedError && (error.code === 'unreachable' || error.code === 'not_ficus');
}
