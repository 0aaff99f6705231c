import type { Request } from 'express';
import type { OpenApiRequest } from 'express-openapi-validator/dist/framework/types.js';
import { type ErrorStatus, isErrorStatus } from './api-error.ts';

/** Why a request is refused before it gets to a route, as far as more is known than the status. */
export type RefusalReason =
  | { is: 'parameter' | 'field'; name: string }
  /** Of the wrong type as a whole, or absent. */
  | { is: 'body' }
  | { is: 'json' | 'media-type' | 'encoding' };

export type Refusal = { status: ErrorStatus; reason?: RefusalReason };

/** What the errors of Express, body-parser, express-openapi-validator and pg have, each some of it. */
type ForeignError = {
  status: number;
  type: string;
  code: string;
  message: string;
  errors: { path: string }[];
};

export function refusalOf(error: unknown, request: Request): Refusal {
  const { status, type, code, message, errors = [] } = error as Partial<ForeignError>;
  if (isUnavailable(code) || message === POOL_EXHAUSTED) return { status: 503 };
  if (!isErrorStatus(status)) return { status: 500 };
  const reason = reasonOf(
    type,
    status,
    request,
    errors.map(({ path }) => path),
  );
  return reason === undefined ? { status } : { status, reason };
}

function reasonOf(
  type: string | undefined,
  status: ErrorStatus,
  request: Request,
  places: readonly string[],
): RefusalReason | undefined {
  if (type === 'entity.parse.failed') return { is: 'json' };
  if (status === 415) return { is: type === undefined ? 'media-type' : 'encoding' };
  return status === 400 ? firstInvalidPart(request, places) : undefined;
}

/** How pg says that none of a pool's connections became free in time; it has no code for it. */
const POOL_EXHAUSTED = 'timeout exceeded when trying to connect';

/** Postgres cannot be reached, is starting or stopping (SQLSTATE classes 08 and 57P), or has no connection left. */
const isUnavailable = (code: unknown) =>
  typeof code === 'string' && /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|08...|57P..|53300)$/.test(code);

/** In the order of the API file; `places` are the validator's: `/query/limit`, `/body/price`, `/body`. */
function firstInvalidPart(request: Request, places: readonly string[]): RefusalReason | undefined {
  const operation = (request as OpenApiRequest).openapi?.schema as ResolvedOperation | undefined;
  const badParameters = namesIn(places, /^\/(?:query|params|headers)\/([^/]+)/);
  const parameters = operation?.parameters?.map(({ name }) => name) ?? [];
  // Node has header names in lower case, the API file as people write them.
  const parameter = parameters.find(
    (name) => badParameters.includes(name) || badParameters.includes(name.toLowerCase()),
  );
  if (parameter !== undefined) return { is: 'parameter', name: parameter };

  if (places.includes('/body')) return { is: 'body' };
  const badFields = namesIn(places, /^\/body\/([^/]+)/);
  const fields = Object.keys(operation?.requestBody?.content?.['application/json']?.schema?.properties ?? {});
  const field = fields.find((name) => badFields.includes(name)) ?? badFields[0];
  return field === undefined ? undefined : { is: 'field', name: field };
}

const namesIn = (places: readonly string[], pattern: RegExp) =>
  places.flatMap((place) => pattern.exec(place)?.[1] ?? []);

/** What is read here of an operation whose references have been resolved. */
type ResolvedOperation = {
  parameters?: { name: string }[];
  requestBody?: { content?: { 'application/json'?: { schema?: { properties?: object } } } };
};
