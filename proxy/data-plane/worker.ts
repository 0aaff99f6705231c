/** Entry of a data-plane worker: serves clients by the snapshots it is sent, and sends back counts and pairs. */
import { flushCompileCache } from 'node:module';
import { PairOutbox } from '../shadow/pair-outbox.ts';
import { hideSecrets } from '../shadow/redact-text.ts';
import { createAccessLog } from '../telemetry/access-log.ts';
import { systemClock } from '../telemetry/clock.ts';
import { createLogger, stdoutLogSink } from '../telemetry/logger.ts';
import { whyNotListening } from './bind-port.ts';
import { type DataPlane, startDataPlane } from './data-plane.ts';
import { startLoadShedding } from './load-shedding.ts';
import type { ControlSnapshot } from './snapshot.ts';
import type { FromWorker, SnapshotChange, ToWorker } from './worker-messages.ts';
import { LISTENING_FD } from './worker-process.ts';

const REPORT_EVERY_MS = 500;

interface Running {
  readonly plane: DataPlane;
  snapshot: ControlSnapshot;
  report(): void;
  fail(error: unknown): void;
}

let running: Running | undefined;
const outbox = new PairOutbox({ send: (batch, onSent) => send({ type: 'shadow', batch }, onSent) });

function send(message: FromWorker, onSent: () => void = () => {}): void {
  // What can't be sent any more, since the supervisor is gone, has nobody to hear it.
  if (process.connected) process.send!(message, undefined, undefined, onSent);
}

async function start(message: Extract<ToWorker, { type: 'start' }>): Promise<void> {
  const { host, port, settings, snapshot } = message;
  const log = createLogger({ level: settings.logLevel, name: 'worker' });
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'worker failed');
    process.exit(1);
  });
  const shedding = startLoadShedding({
    clock: systemClock,
    limits: { maxBytes: settings.maxMemoryBytes },
    onChange(reason) {
      if (reason) log.warn({ reason }, 'overloaded: requests are refused');
      else log.info('no longer overloaded');
    },
  });
  let plane: DataPlane;
  try {
    plane = await startDataPlane(
      {
        host,
        port,
        fd: LISTENING_FD,
        listener: message.listener,
        debugHeaders: settings.debugHeaders,
        log,
        clock: systemClock,
        shedding,
        accessLog: createAccessLog({
          sample: settings.accessLogSample,
          sink: stdoutLogSink(),
          clock: systemClock,
          hideSecrets: (path) => hideSecrets(path, () => '‹redacted›'),
        }),
        deliverPair: outbox.addPair,
        deliverSame: outbox.addSame,
        deliverRecorded: outbox.addRecorded,
        onServiceFailing(migration, failures, withinMs) {
          log.error({ migration, failures, withinMs }, 'service failing: the monolith answers');
          send({ type: 'service-failing', migration, failures, withinMs });
        },
      },
      snapshot,
    );
  } catch (error) {
    send({ type: 'failed', message: whyNotListening(error, host, port) }, () => process.exit(1));
    return;
  }
  running = {
    plane,
    snapshot,
    report() {
      const droppedLogLines = stdoutLogSink().takeDropped();
      if (droppedLogLines > 0) log.warn({ droppedLogLines }, 'log lines were dropped');
      send({
        type: 'report',
        report: plane.takeReport(),
        health: { droppedLogLines, shedding: shedding.reason },
      });
    },
    fail: (error) => log.error({ err: error }, 'snapshot refused'),
  };
  send({ type: 'listening', port: plane.port });
  send({ type: 'applied', revision: snapshot.revision });
  setInterval(running.report, REPORT_EVERY_MS).unref();
  // For the next start, however this process ends.
  flushCompileCache();
}

/** All or nothing: what can't be compiled leaves what is in force. */
function apply(worker: Running, change: SnapshotChange): void {
  const { revision } = change;
  try {
    const snapshot = { ...worker.snapshot, ...change };
    worker.plane.apply(snapshot);
    worker.snapshot = snapshot;
    send({ type: 'applied', revision });
  } catch (error) {
    worker.fail(error);
    send({ type: 'refused', revision, message: error instanceof Error ? error.message : String(error) });
  }
}

async function stop({ drainMs, graceMs }: Extract<ToWorker, { type: 'stop' }>): Promise<void> {
  await running?.plane.close(graceMs, drainMs);
  outbox.flush();
  running?.report();
  process.disconnect?.();
  process.exit(0);
}

process.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'start':
      void start(message);
      break;
    case 'snapshot':
      if (running) apply(running, message.change);
      break;
    case 'tls':
      running?.plane.setTls(message.tls);
      break;
    case 'stop':
      void stop(message);
      break;
    case 'abort':
      running?.plane.tellUnfinished('the second signal ends everything at once');
      process.exit(1);
  }
});
// The supervisor decides when to stop; a signal to the whole process group must not cut requests short.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
// Without a supervisor nobody can roll this worker back.
process.on('disconnect', () => process.exit(0));
