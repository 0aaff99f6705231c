import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Request, Response } from 'express';
import { acceptsGzip } from './send-text.ts';

/** Sends pieces as fast as the client takes them; the next one is made only when the last one is gone. */
export async function sendStream(
  request: Request,
  response: Response,
  pieces: AsyncIterable<string | Buffer>,
  compressible = false,
): Promise<void> {
  if (compressible) response.vary('Accept-Encoding');
  const compresses = compressible && acceptsGzip(request);
  if (compresses) response.setHeader('Content-Encoding', 'gzip');
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const source = Readable.from(pieces, { objectMode: false });
  try {
    await (compresses ? pipeline(source, createGzip(), response) : pipeline(source, response));
  } catch (error) {
    // A client that went away is its own business. Of anything else it learns by the cut connection.
    if (!isPrematureClose(error)) console.error(`${request.method} ${request.path} broke off:`, error);
  }
}

const isPrematureClose = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
