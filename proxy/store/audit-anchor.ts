import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from 'pino';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { AuditStore } from './audit.ts';
import type { AuditAnchor, AuditRow } from './model.ts';

/** The end of the audit's chain, noted in the data directory, where nobody who may only write to Postgres gets. */
export interface AuditAnchorFile {
  current(): AuditAnchor | undefined;
  /** A row that was just appended. */
  note(row: Pick<AuditRow, 'seq' | 'hash'>): void;
  /** Looks how the chain ends now, and whether it still has what was noted. Rejects while the store is away. */
  look(audit: Pick<AuditStore, 'ends'>): Promise<void>;
  /** What was seen to be wrong with the chain, in a sentence. */
  problem(): string | undefined;
  /** Resolves when it is in the file. */
  flush(): Promise<void>;
}

export async function openAuditAnchor(deps: {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<AuditAnchorFile> {
  const { clock, log } = deps;
  const file = path.join(deps.dataDir, 'audit-anchor.json');
  let anchor = await readAnchor(file, log);
  let problem: string | undefined;
  let writing: Promise<void> = Promise.resolve();
  let isDue = false;

  function note({ seq, hash }: Pick<AuditRow, 'seq' | 'hash'>): void {
    // Behind what is known there is nothing to learn; that a chain became shorter is for `look` to tell.
    if (seq <= (anchor?.seq ?? 0)) return;
    anchor = { seq, hash, at: new Date(clock.now()).toISOString() };
    if (isDue) return;
    isDue = true;
    writing = writing.then(write);
  }

  async function write(): Promise<void> {
    isDue = false;
    try {
      await writeFileAtomically(file, `${JSON.stringify(anchor)}\n`);
    } catch (error) {
      log.error({ err: error, file }, 'the end of the audit is not noted');
    }
  }

  return {
    current: () => anchor,
    note,
    problem: () => problem,
    async look(audit) {
      const known = anchor;
      const { at, last } = await audit.ends(known?.seq ?? 0);
      const found = known && problemWith(known, at);
      if (found !== undefined && problem === undefined)
        log.error({ anchor: known, end: last?.seq ?? 0 }, `${found} Run \`ficus audit --verify\`.`);
      problem = found;
      if (problem === undefined && last) note(last);
    },
    flush: () => writing,
  };
}

function problemWith({ seq, hash, at }: AuditAnchor, row: AuditRow | undefined): string | undefined {
  if (!row) return `Row ${seq} of the audit, which was there on ${at}, is gone.`;
  return row.hash === hash ? undefined : `Row ${seq} of the audit is not the one that was there on ${at}.`;
}

async function readAnchor(file: string, log: Logger): Promise<AuditAnchor | undefined> {
  try {
    const { seq, hash, at } = JSON.parse(await readFile(file, 'utf8'));
    if (Number.isSafeInteger(seq) && typeof hash === 'string' && typeof at === 'string')
      return { seq, hash, at };
    throw new Error('it is no anchor');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      log.error({ err: error, file }, 'the noted end of the audit can not be read');
    return undefined;
  }
}
