/** The statuses that a service answers on purpose, and the `code` that clients may rely on. */
const codes = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  412: 'precondition_failed',
  413: 'too_large',
  415: 'unsupported',
  422: 'unprocessable',
  500: 'internal',
  503: 'unavailable',
} as const;

export type ErrorStatus = keyof typeof codes;

export const isErrorStatus = (status: unknown): status is ErrorStatus =>
  typeof status === 'number' && Object.hasOwn(codes, status);

/** Thrown by a route to answer `{"error":{"code","message"}}`; the message is for the client to read. */
export class ApiError extends Error {
  readonly status: ErrorStatus;

  constructor(status: ErrorStatus, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ApiError';
    this.status = status;
  }

  get body() {
    return { error: { code: codes[this.status], message: this.message } };
  }
}
