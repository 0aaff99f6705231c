import { parentPort, workerData } from 'node:worker_threads';
import { defaultCompareLimits } from '../shadow/compare/limits.ts';
import type { RecordedExchange as LiveExchange } from '../shadow/recorded-exchange.ts';
import { createRedactor } from '../shadow/redact.ts';
import { compileRedaction, type RedactedPlaces } from '../shadow/redact-answer.ts';
import { systemClock } from '../telemetry/clock.ts';
import { recordExchange } from './record-exchange.ts';
import type {
  RecordedMigration,
  RecorderReport,
  RecorderTask,
  RecorderThreadData,
  TakenOutcome,
} from './recorder-messages.ts';
import { RecordingWriter } from './recording-writer.ts';
import type { RecordedExchange } from './schema.ts';

/** The recorder's thread: redacts exchanges, compresses and writes them, one at a time. */
if (parentPort === null) throw new Error('recorder-thread.ts runs as a worker thread only');
const host = parentPort;
const { redactionKey, directory, header, compression, limits, maxBytes, migrations } =
  workerData as RecorderThreadData;
const redactor = createRedactor(redactionKey);
const writer = new RecordingWriter({
  directory,
  header,
  compression,
  limits,
  clock: systemClock,
  onPart: (part) => report({ kind: 'part', part }),
});
let places = compile(migrations);
let failed = false;

/** What a killed process loses is a second's worth at most. */
const flushing = setInterval(() => attempt(() => writer.flush()), 1000);

host.on('message', (task: RecorderTask) => {
  if (task.kind === 'migrations') {
    places = compile(task.migrations);
    return;
  }
  if (task.kind === 'close') {
    clearInterval(flushing);
    attempt(() => writer.close());
    report({ kind: 'bytes', bytes: writer.bytes });
    report({ kind: 'closed' });
    host.close();
    return;
  }
  const { exchange, heldBytes } = task;
  report({
    kind: 'taken',
    migration: exchange.migration,
    heldBytes,
    outcome: take(exchange),
    bytes: writer.bytes,
  });
});

function take(exchange: LiveExchange): TakenOutcome {
  if (writer.bytes >= maxBytes) return 'over_max_bytes';
  const recorded = recordedOf(exchange);
  if (recorded === undefined) return 'not_redactable';
  return attempt(() => writer.write(recorded)) ? 'written' : 'not_written';
}

/** Nothing for an exchange that can't be redacted: of a migration that left routes.yaml nobody knows what to hide. */
function recordedOf(exchange: LiveExchange): RecordedExchange | undefined {
  const redacted = places.get(exchange.migration);
  if (redacted === undefined) return undefined;
  try {
    return recordExchange(exchange, { redactor, redacted, limits: defaultCompareLimits });
  } catch {
    return undefined;
  }
}

function compile(recorded: readonly RecordedMigration[]): ReadonlyMap<string, RedactedPlaces> {
  return new Map(recorded.map(({ id, redact }) => [id, compileRedaction(redact)]));
}

/** A disk that is full ends the recording, and nothing else. The error's own message may quote a body: its code is told. */
function attempt(write: () => void): boolean {
  if (failed) return false;
  try {
    write();
    return true;
  } catch (error) {
    failed = true;
    report({ kind: 'failed', detail: (error as NodeJS.ErrnoException).code ?? (error as Error).name });
    return false;
  }
}

function report(message: RecorderReport): void {
  host.postMessage(message);
}
