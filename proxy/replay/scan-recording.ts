import { noNotes, type ReadingNotes, readRecordings } from '../recording/read-recording.ts';

/** What is known of recordings before anything is sent: they are sound, how long they are, what was found in them. */
export interface Scan {
  readonly exchanges: number;
  /** Signatures that their exchanges showed when they were recorded. */
  readonly signatures: ReadonlySet<string>;
  readonly notes: ReadingNotes;
}

const maxSignatures = 100_000;

export async function scanRecordings(files: readonly string[]): Promise<Scan> {
  const notes = noNotes();
  const signatures = new Set<string>();
  let exchanges = 0;
  for await (const { differences = [] } of readRecordings(files, notes)) {
    exchanges++;
    for (const { signature } of differences) if (signatures.size < maxSignatures) signatures.add(signature);
  }
  return { exchanges, signatures, notes };
}
