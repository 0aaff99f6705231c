import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { html } from './html.ts';
import { sendPublicPage } from './pages.ts';
import { notFound, Refusal } from './refusal.ts';

export const answerUnknownPath: RequestHandler = (request, _response, next) => {
  // Express answers these itself, with the methods that its routes have for the path.
  if (request.method === 'OPTIONS') return next();
  throw notFound(`No path ${request.path}`);
};

/** The one place where a failure becomes an answer. */
export const answerRefusal: ErrorRequestHandler = async (error, request, response, next) => {
  // Too late for another status: Express cuts the connection, which is how the client learns of it.
  if (response.headersSent) return next(error);
  const refusal = asRefusal(error);
  if (refusal !== undefined) {
    return sendRefusal(request, response, refusal.status, refusal.code, refusal.message);
  }
  console.error(`${request.method} ${request.path} failed:`, error);
  return sendRefusal(request, response, 500, 'internal', 'The monolith failed; its log says why');
};

async function sendRefusal(
  request: Request,
  response: Response,
  status: number,
  code: string,
  message: string,
): Promise<void> {
  response.status(status);
  if (request.path.startsWith('/api/')) {
    response.json({ error: { code, message } });
    return;
  }
  const content = html`<p>${message}.</p><p><a href="/">Back to the start</a></p>`;
  await sendPublicPage(request, response, String(status), content);
}

function asRefusal(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  // What Express and body-parser throw carries a status; their messages are for developers.
  switch (statusOf(error)) {
    case 400:
      return new Refusal(
        'bad_request',
        isJsonError(error) ? 'Body is not valid JSON' : 'The request is malformed',
      );
    case 413:
      return new Refusal('too_large', 'Body is too large');
    case 415:
      return new Refusal('unsupported', 'Encoding of the body is not supported');
    default:
      return undefined;
  }
}

const statusOf = (error: unknown) => (error instanceof Error && 'status' in error ? error.status : undefined);

const isJsonError = (error: unknown) =>
  error instanceof Error && 'type' in error && error.type === 'entity.parse.failed';
