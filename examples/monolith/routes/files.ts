import express, { type Express, type Request } from 'express';
import type { Database } from '../db.ts';
import { readUpload } from '../documents/read-upload.ts';
import { sendDocument } from '../documents/send-document.ts';
import {
  type DocumentRow,
  deleteDocument,
  findDocument,
  isDocumentName,
  listDocuments,
  MAX_DOCUMENT_BYTES,
  saveDocument,
} from '../documents/store.ts';
import { html, link, table } from '../html.ts';
import { sendPage } from '../pages.ts';
import type { Parts } from '../parts.ts';
import { redirect } from '../redirect.ts';
import { badRequest, notFound } from '../refusal.ts';

/** Documents are public to read (terms, price lists); writing them takes a key or a login. */
export function addFileRoutes(app: Express, { database, access }: Parts): void {
  app.get('/files', access.login, async (request, response) => {
    const documents = await listDocuments(database);
    const cells = documents.map((row) => [
      link(pathOf(row), row.DOC_NM),
      row.SIZE,
      row.MIME,
      row.UPD_TS.toISOString().slice(0, 10),
    ]);
    const content = html`${table(['Name', 'Bytes', 'Type', 'Date'], cells)}
<form method="post" action="/files" enctype="multipart/form-data"><input type="file" name="file" multiple>
<button>Upload</button> at most ${MAX_DOCUMENT_BYTES} bytes each</form>`;
    await sendPage(request, response, 'Documents', content);
  });

  app.post('/files', access.login, async (request, response) => {
    await saveUpload(database, request);
    redirect(request, response, 303, '/files');
  });

  app.post('/api/files', access.keyOrLogin, async (request, response) => {
    response.status(201).json({ FILES: await saveUpload(database, request) });
  });

  // `/files/a%2Fb.txt` is one segment, and the document's name is `a/b.txt`.
  app.get('/files/:name', async (request, response) => {
    const document = await findDocument(database, request.params.name);
    if (document === undefined) throw notFound(`No document ${request.params.name}`);
    await sendDocument(database, request, response, document);
  });

  const readContent = express.raw({ type: () => true, limit: MAX_DOCUMENT_BYTES });
  app.put('/files/:name', access.keyOrLogin, readContent, async (request, response) => {
    const name = String(request.params['name']);
    if (!isDocumentName(name)) throw badRequest('The name cannot be kept');
    const content: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const type = request.get('Content-Type') ?? 'application/octet-stream';
    const { document, created } = await saveDocument(database, name, type, content);
    if (created) response.location(pathOf(document));
    response.status(created ? 201 : 200).json(fileJson(document));
  });

  app.delete('/files/:name', access.keyOrLogin, async (request, response) => {
    const { name } = request.params;
    if (!(await deleteDocument(database, name))) throw notFound(`No document ${name}`);
    response.status(204).end();
  });
}

const pathOf = (document: DocumentRow) => `/files/${encodeURIComponent(document.DOC_NM)}`;

const fileJson = (document: DocumentRow) => ({ ...document, PATH: pathOf(document) });

async function saveUpload(database: Database, request: Request) {
  const files = await readUpload(request);
  return database.transaction(async (transaction) => {
    const saved = [];
    for (const { name, type, content } of files) {
      const { document } = await saveDocument(transaction, name, type, content);
      saved.push(fileJson(document));
    }
    return saved;
  });
}
