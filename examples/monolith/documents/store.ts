import { createHash } from 'node:crypto';
import { columns, type Database } from '../db.ts';

export type DocumentRow = { DOC_NM: string; MIME: string; SIZE: number; SHA256: string; UPD_TS: Date };

export const MAX_DOCUMENT_BYTES = 5 * 1024 * 1024;

const documentColumns = columns('DOC_NM MIME SIZE SHA256 UPD_TS');
const CHUNK_BYTES = 256 * 1024;

/** A slash is a character like any other in a name, but one does not begin or end with it. */
export const isDocumentName = (name: string) =>
  /^\P{Cc}{1,200}$/u.test(name) && !name.startsWith('/') && !name.endsWith('/');

export const listDocuments = (database: Database) =>
  database.rows<DocumentRow>(`SELECT ${documentColumns} FROM legacy.DOCUMENT ORDER BY DOC_NM COLLATE "C"`);

export const findDocument = (database: Database, name: string) =>
  // No name has a NUL in it, and Postgres would not take one.
  database.row<DocumentRow>(`SELECT ${documentColumns} FROM legacy.DOCUMENT WHERE DOC_NM = $1`, [
    isDocumentName(name) ? name : null,
  ]);

/** Says whether the name is new. The time of a document moves only when its bytes or its type do. */
export async function saveDocument(
  database: Database,
  name: string,
  type: string,
  content: Buffer,
): Promise<{ document: DocumentRow; created: boolean }> {
  const saved = await database.row<DocumentRow & { created: boolean }>(
    `INSERT INTO legacy.DOCUMENT AS d (DOC_NM, MIME, SIZE, SHA256, CONT) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (DOC_NM) DO UPDATE SET
       MIME = excluded.MIME, SIZE = excluded.SIZE, SHA256 = excluded.SHA256, CONT = excluded.CONT,
       UPD_TS = CASE WHEN d.SHA256 = excluded.SHA256 AND d.MIME = excluded.MIME THEN d.UPD_TS ELSE now() END
     -- Zero in a row that was inserted, the deleting transaction in one that was updated.
     RETURNING ${documentColumns}, (xmax = 0) AS created`,
    [
      name,
      type.length <= 120 ? type : 'application/octet-stream',
      content.length,
      createHash('sha256').update(content).digest('hex'),
      content,
    ],
  );
  if (saved === undefined) throw new Error('Saving a document returned no row');
  const { created, ...document } = saved;
  return { document, created };
}

/** Says whether there was one. */
export async function deleteDocument(database: Database, name: string): Promise<boolean> {
  const deleted = await database.row('DELETE FROM legacy.DOCUMENT WHERE DOC_NM = $1 RETURNING 1', [
    isDocumentName(name) ? name : null,
  ]);
  return deleted !== undefined;
}

/** The bytes from `start` to `end`, both included, in pieces that a slow reader leaves in Postgres. */
export async function* readContent(
  database: Database,
  document: DocumentRow,
  start: number,
  end: number,
): AsyncGenerator<Buffer> {
  for (let offset = start; offset <= end; offset += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, end - offset + 1);
    const row = await database.row<{ part: Buffer }>(
      'SELECT substring(CONT FROM $2 FOR $3) AS part FROM legacy.DOCUMENT WHERE DOC_NM = $1 AND SHA256 = $4',
      [document.DOC_NM, offset + 1, length, document.SHA256],
    );
    // Half of one version and half of the next would be worse than a cut connection.
    if (row === undefined) throw new Error(`Document ${document.DOC_NM} was replaced while it was read`);
    yield row.part;
  }
}
