import busboy from 'busboy';
import type { Request } from 'express';
import { badRequest, Refusal } from '../refusal.ts';
import { isDocumentName, MAX_DOCUMENT_BYTES } from './store.ts';

export type UploadedFile = { name: string; type: string; content: Buffer };

const MAX_FILES = 5;

/** The files of a multipart form, whatever their fields are called; throws when one is too large or has no name. */
export async function readUpload(request: Request): Promise<UploadedFile[]> {
  if (!request.is('multipart/form-data')) {
    throw new Refusal('unsupported', 'Content-Type must be multipart/form-data');
  }
  const parser = createParser(request);
  const files: UploadedFile[] = [];
  let refusal: Refusal | undefined;
  parser.on('file', (_field, stream, { filename = '', mimeType }) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    // The rest is read and dropped: many clients look at the answer only when they have sent everything.
    stream.on('limit', () => {
      refusal ??= tooLarge(filename);
    });
    stream.on('close', () => files.push({ name: filename, type: mimeType, content: Buffer.concat(chunks) }));
  });
  parser.on('filesLimit', () => {
    refusal ??= badRequest(`More than ${MAX_FILES} files at once`);
  });
  await parseInto(request, parser);
  if (refusal !== undefined) throw refusal;
  if (files.length === 0) throw badRequest('The form has no file');
  for (const { name } of files) {
    if (!isDocumentName(name)) throw badRequest('A file has no name that could be kept');
  }
  return files;
}

const tooLarge = (name: string) =>
  new Refusal('too_large', `${name} is larger than ${MAX_DOCUMENT_BYTES} bytes`);

function createParser(request: Request): busboy.Busboy {
  try {
    return busboy({
      headers: request.headers,
      // Browsers send names in UTF-8, and here a slash belongs to them.
      defParamCharset: 'utf8',
      preservePath: true,
      // The limit counts as passed when it is reached.
      limits: { fileSize: MAX_DOCUMENT_BYTES + 1, files: MAX_FILES, fields: 20, fieldSize: 10_000 },
    });
  } catch {
    throw badRequest('The multipart form has no boundary');
  }
}

function parseInto(request: Request, parser: busboy.Busboy): Promise<void> {
  return new Promise((done, failed) => {
    parser.once('close', done);
    request.once('error', () => failed(badRequest('The upload broke off')));
    parser.once('error', () => {
      request.unpipe(parser);
      request.resume();
      failed(badRequest('The multipart form is malformed'));
    });
    request.pipe(parser);
  });
}
