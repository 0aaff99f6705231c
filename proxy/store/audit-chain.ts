import { createHash } from 'node:crypto';
import type { AuditAnchor, AuditCheck, AuditRow } from './model.ts';
import { canonicalJson } from './postgres-text.ts';

/** What the first row's hash is computed over in place of a previous one. */
export const firstPreviousHash = '0'.repeat(64);

/** SHA-256 over the previous row's hash, a line feed, and the row's canonical JSON without its own hash. */
export function auditHash(previousHash: string, row: Omit<AuditRow, 'hash'>): string {
  const { seq, at, actor, action, migration, reason, detail } = row;
  const content = canonicalJson({ seq, at, actor, action, migration, reason, detail });
  return createHash('sha256').update(`${previousHash}\n${content}`).digest('hex');
}

/** Rows with a `seq` over `after`, in order, at most `limit`. */
type ReadRows = (after: number, limit: number) => Promise<readonly AuditRow[]>;

const rowsPerRead = 1_000;

/**
 * Walks the chain. A row that was changed, put in or taken out breaks it there; a tail that was cut off, or a
 * chain that was written anew, does not fit the anchor. What came after the anchor and was forged with its
 * hashes by somebody who may write to the table can't be told from what is true.
 */
export async function verifyChain(read: ReadRows, anchor?: AuditAnchor): Promise<AuditCheck> {
  let rows = 0;
  let fitsAnchor = anchor === undefined;
  for (let hash = firstPreviousHash; ; ) {
    const page = await read(rows, rowsPerRead);
    for (const row of page) {
      const problem = problemOf(row, rows + 1, hash);
      if (problem !== undefined)
        return { rows, intact: false, brokenAt: Math.min(row.seq, rows + 1), problem };
      if (row.seq === anchor?.seq) {
        if (row.hash !== anchor.hash) return unlikeAnchor(rows, anchor);
        fitsAnchor = true;
      }
      rows++;
      hash = row.hash;
    }
    if (page.length < rowsPerRead) break;
  }
  if (!fitsAnchor && anchor !== undefined) return cutOff(rows, anchor);
  return { rows, intact: true, ...(anchor && { anchor: { seq: anchor.seq, at: anchor.at } }) };
}

function problemOf(row: AuditRow, expected: number, previousHash: string): string | undefined {
  if (row.seq > expected) {
    const missing =
      row.seq - expected === 1 ? `Row ${expected} is` : `Rows ${expected} to ${row.seq - 1} are`;
    return `${missing} missing: taken out.`;
  }
  if (row.seq < expected) return `Row ${row.seq} was put in: a chain begins with 1.`;
  if (row.hash === auditHash(previousHash, row)) return undefined;
  return `Row ${row.seq} does not fit the one before it: it was changed, or put in.`;
}

function unlikeAnchor(rows: number, { seq, at }: AuditAnchor): AuditCheck {
  const problem = `Row ${seq} is not the one that was known on ${at}: the chain was written anew.`;
  return { rows, intact: false, brokenAt: seq, problem, anchor: { seq, at } };
}

function cutOff(rows: number, { seq, at }: AuditAnchor): AuditCheck {
  const problem = `The chain ends with row ${rows}, and had ${seq} on ${at}: its tail was taken out.`;
  return { rows, intact: false, brokenAt: rows + 1, problem, anchor: { seq, at } };
}
