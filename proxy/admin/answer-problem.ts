import type { NextFunction, Request, Response } from 'express';
import type { AdminDeps } from './admin-deps.ts';
import type { Problem, ProblemCode } from './api-types.ts';
import { AdminProblem, nothingHere, problemMeanings } from './problem.ts';
import { requestIdOf } from './request-log.ts';

/** The last handler: makes an `application/problem+json` answer of whatever was thrown. */
export function answerProblem({ log }: Pick<AdminDeps, 'log'>) {
  return (thrown: unknown, request: Request, response: Response, next: NextFunction): void => {
    const problem = asProblem(thrown);
    const { status, title } = problemMeanings[problem.code];
    const requestId = requestIdOf(response);
    if (status === 500) log.error({ requestId, err: thrown }, 'admin request failed');
    else if (status === 503) log.warn({ requestId, code: problem.code, err: problem.cause }, problem.message);
    if (response.headersSent) {
      next(thrown);
      return;
    }

    const body: Problem = {
      type: `urn:ficus:problem:${problem.code}`,
      title,
      status,
      code: problem.code,
      detail: problem.message,
      requestId,
      ...(problem.reasons && { reasons: problem.reasons }),
    };
    const allow = headersOf(thrown)['Allow'];
    if (allow !== undefined) response.set('Allow', allow);
    // What is left of a body that we did not want must not be read as the next request.
    if (!request.complete) response.set('Connection', 'close');
    response.status(status).type('application/problem+json').json(body);
  };
}

const codeOfStatus: Readonly<Record<number, ProblemCode>> = {
  400: 'invalid_request',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'wrong_content_type',
};

/** Errors of Express, its body parser and the OpenAPI validator carry the status as `status`. */
function asProblem(thrown: unknown): AdminProblem {
  if (thrown instanceof AdminProblem) return thrown;
  const code =
    thrown instanceof Error && 'status' in thrown ? codeOfStatus[Number(thrown.status)] : undefined;
  if (code === undefined) {
    return new AdminProblem('internal', 'This is a mistake in Ficus; the log has it under the request id.');
  }
  if (code === 'not_found') return new AdminProblem(code, nothingHere);
  const reasons = code === 'invalid_request' ? validationReasons(thrown) : undefined;
  const detail = reasons?.join('; ') ?? (thrown as Error).message;
  return new AdminProblem(code, detail, reasons && { reasons });
}

function validationReasons(thrown: unknown): string[] | undefined {
  if (!(thrown instanceof Error && 'errors' in thrown && Array.isArray(thrown.errors))) return undefined;
  return [...new Set(thrown.errors.map(describeValidationError))];
}

/** The validator's `/body/share`, `must be <= 100` as `body.share: must be <= 100`. */
function describeValidationError({ path = '', message = '' }: { path?: string; message?: string }): string {
  const steps = /^\/(body|query|params|headers)\b/.test(path) ? path.slice(1).split('/') : [];
  if (message.includes(`'${steps.at(-1)}'`)) steps.pop();
  return steps.length === 0 ? message : `${steps.join('.')}: ${message}`;
}

function headersOf(thrown: unknown): Record<string, string> {
  const headers = thrown instanceof Error && 'headers' in thrown ? thrown.headers : undefined;
  return typeof headers === 'object' && headers !== null ? (headers as Record<string, string>) : {};
}
