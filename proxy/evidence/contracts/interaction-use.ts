import { z } from 'zod';
import { joinedNames, plainMediaType, queryNames } from '../../shadow/use-names.ts';

/** What a pact's interaction is about, in the terms in which live traffic is counted. */
export interface InteractionUse {
  readonly method: string;
  /** With the example's values, without a query. */
  readonly path: string;
  /** Names of the query's parameters, as `queryNames` writes them. */
  readonly query: string;
  readonly status: number;
  /** Media types without parameters; undefined where the pact leaves it open. */
  readonly type: string | undefined;
  readonly requestType: string | undefined;
}

const value = z.union([z.string(), z.array(z.string())]);
const headers = z.record(z.string(), value).nullish();
const part = z.looseObject({ headers, body: z.unknown().optional() });

/** The three versions of the format write queries, headers and bodies differently. */
export const requestShape = part.extend({
  method: z.string().default('GET'),
  path: z.string().default('/'),
  query: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
});
export const responseShape = part.extend({ status: z.int().default(200) });

export function interactionUse(
  request: z.output<typeof requestShape>,
  response: z.output<typeof responseShape>,
): InteractionUse {
  const [path = '', written] = request.path.split('?', 2);
  return {
    method: request.method.toUpperCase(),
    path,
    query: usedNames(request.query ?? written),
    status: response.status,
    type: mediaType(response),
    requestType: mediaType(request),
  };
}

function usedNames(query: z.output<typeof requestShape>['query']): string {
  return typeof query === 'string' ? queryNames(query) : joinedNames(Object.keys(query ?? {}));
}

const described = z.object({ contentType: z.string() });

function mediaType({ headers, body }: z.output<typeof part>): string | undefined {
  const name = Object.keys(headers ?? {}).find((one) => one.toLowerCase() === 'content-type');
  const written = name === undefined ? undefined : headers?.[name];
  const text = (Array.isArray(written) ? written[0] : written) ?? described.safeParse(body).data?.contentType;
  return text === undefined ? undefined : plainMediaType(text);
}
