import { AsyncLocalStorage } from 'node:async_hooks';
import type { Request, RequestHandler, Response } from 'express';

/** Ficus marks its copies with it, and nobody else may: the proxy drops the header when a client sends it. */
export const SHADOW_HEADER = 'Ficus-Shadow';
/** What Ficus makes of the mark when a copy's own calls come to it: not to be copied once more. */
const NO_COPY_HEADER = 'Ficus-No-Copy';
/** On answers to dry runs: the places, as routes.yaml names them, that hold ids this side made by itself. */
export const GENERATED_IDS_HEADER = 'Ficus-Generated-Ids';

/** `compare`: a copy of a safe request. `dry-run`: a copy of an unsafe one, done up to the point where it would count. */
export type ShadowMode = 'compare' | 'dry-run';

type Marks = { mode: ShadowMode | undefined; headers: Record<string, string> };

const storage = new AsyncLocalStorage<Marks>();

/** What kind of copy the calling code works for; undefined for a client's own request and outside of any. */
export const shadowMode = (): ShadowMode | undefined => storage.getStore()?.mode;

/** The headers that tell a server of ours which copy a call belongs to; none for a client's own request. */
export const copyMarks = (): Record<string, string> => storage.getStore()?.headers ?? {};

/** Whether the calling code works for a copy, whose answer no client will see. */
export const isCopy = (): boolean => shadowMode() !== undefined;

export const isDryRun = (): boolean => shadowMode() === 'dry-run';

/** Runs `effect`, which reaches somebody outside (a mail, an event, a cache), unless it is for a copy. */
export async function unlessCopy(effect: () => Promise<unknown>): Promise<void> {
  if (!isCopy()) await effect();
}

/** Work that outlives the request that started it, such as a publisher's, is nobody's copy. */
export const outsideOfCopies = <Result>(work: () => Result): Result => storage.exit(work);

/**
 * Says on the answer to a dry run where it holds ids that the other side made differently: `body:/paymentId`,
 * `header:location`. A client's own answer does not get the header.
 */
export function markGeneratedIds(response: Response, ...places: string[]): void {
  if (isDryRun()) response.set(GENERATED_IDS_HEADER, places.join(', '));
}

/** Safe by RFC 9110, section 9.2.1. */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * An unsafe copy is done dry or not at all: without a service that can, or with a mark that says anything else,
 * it is refused before anything has been read of it. Executing it would be a client's write, twice.
 */
export function refuseUnsafeCopies({ dryRun }: { dryRun: boolean }): RequestHandler {
  return (request, response, next) => {
    const mark = request.get(SHADOW_HEADER);
    if (mark === undefined || safeMethods.has(request.method)) return next();
    if (mark === 'dry-run' && dryRun) return next();
    refuse(
      response,
      dryRun
        ? `An unsafe copy is only taken with ${SHADOW_HEADER}: dry-run.`
        : 'This service cannot run dry; its /.well-known/ficus says so.',
    );
  };
}

/** RFC 9457: for Ficus to read, not for clients, who never get here. */
function refuse(response: Response, detail: string): void {
  const problem = {
    type: 'about:blank',
    title: 'Not Implemented',
    status: 501,
    code: 'dry_run_unsupported',
    detail,
  };
  response.status(501).type('application/problem+json').send(JSON.stringify(problem));
}

/** Makes the mode known to everything the route's handler calls. Directly before the routes, where no event of the
 * socket's can lose it any more. */
export const keepShadowMode: RequestHandler = (request, _response, next) => {
  const mode = modeOf(request);
  const noCopy = request.get(NO_COPY_HEADER);
  const headers = {
    ...(mode === undefined ? {} : { [SHADOW_HEADER]: mode }),
    ...(noCopy === undefined ? {} : { [NO_COPY_HEADER]: '1' }),
  };
  storage.run({ mode, headers }, next);
};

function modeOf(request: Request): ShadowMode | undefined {
  if (request.get(SHADOW_HEADER) === undefined) return undefined;
  return safeMethods.has(request.method) ? 'compare' : 'dry-run';
}
