import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Request, Response } from 'express';

const compress = promisify(gzip);

/** Below this, gzip's frame costs more than it saves. */
const MIN_GZIP_BYTES = 1024;

export const acceptsGzip = (request: Request) => request.acceptsEncodings('gzip', 'identity') === 'gzip';

/**
 * Sends a text with the content type as given, compressed when the client takes gzip, with ETag and 304 by Express.
 * A Buffer goes out in the charset it is in; JSON is not sent this way and stays uncompressed.
 */
export async function sendText(
  request: Request,
  response: Response,
  contentType: string,
  text: string | Buffer,
): Promise<void> {
  let body = typeof text === 'string' ? Buffer.from(text) : text;
  response.vary('Accept-Encoding');
  response.setHeader('Content-Type', contentType);
  if (body.length >= MIN_GZIP_BYTES && acceptsGzip(request)) {
    body = await compress(body);
    response.setHeader('Content-Encoding', 'gzip');
  }
  response.send(body);
}
