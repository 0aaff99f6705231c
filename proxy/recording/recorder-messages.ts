import type { Place } from '../routing/model.ts';
import type { RecordedExchange as LiveExchange } from '../shadow/recorded-exchange.ts';
import type { Compression, RecordingPart, WriterLimits } from './recording-writer.ts';
import type { RecordingHeader } from './schema.ts';

/** What recording needs of a migration. */
export interface RecordedMigration {
  readonly id: string;
  readonly redact: readonly Place[];
}

/** What the thread is started with. */
export interface RecorderThreadData {
  readonly redactionKey: Uint8Array;
  readonly directory: string;
  readonly header: RecordingHeader;
  readonly compression: Compression;
  readonly limits: WriterLimits;
  /** Nothing more is written from there on. */
  readonly maxBytes: number;
  readonly migrations: readonly RecordedMigration[];
}

/** Host to thread, handled in order. */
export type RecorderTask =
  | { readonly kind: 'exchange'; readonly exchange: LiveExchange; readonly heldBytes: number }
  | { readonly kind: 'migrations'; readonly migrations: readonly RecordedMigration[] }
  | { readonly kind: 'close' };

/** What became of an exchange; all but the first are reasons why it is not in the recording. */
export type TakenOutcome = 'written' | 'not_redactable' | 'not_written' | 'over_max_bytes';

/** Thread to host: one `taken` for each exchange; `closed` is the last. */
export type RecorderReport =
  | {
      readonly kind: 'taken';
      readonly migration: string;
      readonly heldBytes: number;
      readonly outcome: TakenOutcome;
      readonly bytes: number;
    }
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'part'; readonly part: RecordingPart }
  | { readonly kind: 'failed'; readonly detail: string }
  | { readonly kind: 'closed' };
