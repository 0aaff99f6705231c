import type { ProblemCode } from './api-types.ts';

interface Meaning {
  readonly status: number;
  readonly title: string;
}

export const problemMeanings: Readonly<Record<ProblemCode, Meaning>> = {
  invalid_request: { status: 400, title: 'The request does not fit the API' },
  login_needed: { status: 401, title: 'A login is needed' },
  login_failed: { status: 403, title: 'The login failed' },
  csrf_missing: { status: 403, title: 'The write does not show that it is from our own page' },
  not_allowed: { status: 403, title: 'Your role may not do this' },
  foreign_origin: { status: 403, title: 'The request comes from a page of another origin' },
  not_found: { status: 404, title: 'There is nothing at this path' },
  unknown_migration: { status: 404, title: 'There is no such migration' },
  unknown_signature: { status: 404, title: 'There is no such signature' },
  unknown_recording: { status: 404, title: 'There is no such recording' },
  unknown_pair: { status: 404, title: 'There is no such pair' },
  method_not_allowed: { status: 405, title: 'The path does not take this method' },
  latched: { status: 409, title: 'The guard took it back, and nobody has cleared that' },
  gate_refused: { status: 409, title: 'The gate refused the move' },
  not_next_step: { status: 409, title: 'The move is not the next step' },
  command_running: { status: 409, title: 'The command is being done' },
  not_now: { status: 409, title: 'The move makes no sense as things stand' },
  revision_conflict: { status: 409, title: 'Somebody else moved it meanwhile' },
  verdict_conflict: { status: 409, title: 'Somebody judged it meanwhile' },
  nothing_to_verify: { status: 409, title: 'There is nothing to verify' },
  nothing_to_draft: { status: 409, title: 'There is nothing to draft a contract of' },
  verification_running: { status: 409, title: 'A verification is running already' },
  recording_running: { status: 409, title: 'A recording is running already' },
  values_not_kept: { status: 409, title: 'The redacted values are not kept' },
  body_too_large: { status: 413, title: 'The body is too large' },
  wrong_content_type: { status: 415, title: 'The body is not JSON' },
  wrong_host: { status: 421, title: 'The request is meant for another host' },
  key_reused: { status: 422, title: 'The key belongs to another command' },
  invalid: { status: 422, title: 'The move makes no sense' },
  revision_needed: { status: 428, title: 'The move does not say which revision it was decided on' },
  rate_limited: { status: 429, title: 'Too many requests of this kind' },
  locked_out: { status: 429, title: 'Too many failed logins' },
  internal: { status: 500, title: 'The admin plane failed' },
  flags_unavailable: { status: 503, title: 'The flags cannot be changed now' },
  store_unavailable: { status: 503, title: 'The store is away' },
};

export const nothingHere = 'GET / lists what is here.';

/** Thrown by handlers; `answerProblem` makes it the answer. The one way out for whatever is not done. */
export class AdminProblem extends Error {
  readonly code: ProblemCode;
  readonly reasons: readonly string[] | undefined;

  constructor(
    code: ProblemCode,
    detail: string,
    options: { reasons?: readonly string[]; cause?: unknown } = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = 'AdminProblem';
    this.code = code;
    this.reasons = options.reasons;
  }
}
