import { createHash } from 'node:crypto';
import type { Random } from './random.ts';

export type DocumentRow = {
  DOC_NM: string;
  MIME: string;
  SIZE: number;
  SHA256: string;
  CONT: Buffer;
  UPD_TS: string;
};
export const documentTypes = {
  DOC_NM: 'text',
  MIME: 'text',
  SIZE: 'integer',
  SHA256: 'text',
  CONT: 'bytea',
  UPD_TS: 'timestamptz',
};

/** What `paths.ts` sends in its uploads, so that uploading it again changes nothing. */
export const noticeText =
  'Closed on 24 December.\nGeschlossen am 24. Dezember. Frohe Weihnachten wünscht Müller & Söhne!\n';

export function makeDocuments(random: Random): DocumentRow[] {
  return [
    document('terms.txt', 'text/plain; charset=utf-8', Buffer.from(makeTerms())),
    document('notice.txt', 'text/plain', Buffer.from(noticeText)),
    document(
      'a/b.txt',
      'text/plain; charset=utf-8',
      Buffer.from('The name of this document has a slash in it.\n'),
    ),
    document(
      'price list 2011 (größer).csv',
      'text/csv; charset=utf-8',
      Buffer.from('SKU,PRICE\r\n02-1000,19.99\r\n'),
    ),
    document('empty.dat', 'application/octet-stream', Buffer.alloc(0)),
    // Bytes that no gzip makes smaller, as in a scanned catalogue.
    document('catalogue-2012.bin', 'application/octet-stream', makeBytes(random, 1_500_000)),
  ];
}

function document(name: string, type: string, content: Buffer): DocumentRow {
  return {
    DOC_NM: name,
    MIME: type,
    SIZE: content.length,
    SHA256: createHash('sha256').update(content).digest('hex'),
    CONT: content,
    UPD_TS: '2012-05-14T09:30:00.000Z',
  };
}

function makeTerms(): string {
  const clauses = Array.from(
    { length: 60 },
    (_, index) =>
      `§ ${index + 1}  The customer agrees to clause ${index + 1} of the terms of Müller & Söhne.\n`,
  );
  return clauses.join('');
}

function makeBytes(random: Random, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let index = 0; index < length; index += 4) bytes.writeUInt32LE(random.int(0, 0xffff_ffff), index);
  return bytes;
}
