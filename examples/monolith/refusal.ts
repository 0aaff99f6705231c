const statuses = {
  bad_request: 400,
  unauthorized: 401,
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  too_large: 413,
  unsupported: 415,
  unprocessable: 422,
} as const;

export type RefusalCode = keyof typeof statuses;

/** A request that cannot be done, thrown by a route and answered in one place: JSON for the API, a page for people. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly status: number;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
    this.status = statuses[code];
  }
}

export const notFound = (message: string) => new Refusal('not_found', message);
export const badRequest = (message: string) => new Refusal('bad_request', message);
export const badParameter = (name: string) => badRequest(`Parameter ${name} is invalid`);
export const badField = (name: string) => badRequest(`Field ${name} is invalid`);
