/** Entry of a data-plane worker: serves clients by the snapshots it is sent, and sends back counts and pairs. */
import { systemClock } from '../telemetry/clock.ts';
import { createLogger } from '../telemetry/logger.ts';
import { type DataPlane, startDataPlane } from './data-plane.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

const REPORT_EVERY_MS = 500;
/** Pairs handed to the channel and not yet taken by it; more would only grow this process. */
const MAX_PAIRS_IN_CHANNEL = 64;

let plane: DataPlane | undefined;
let pairsInChannel = 0;

function send(message: FromWorker, onSent?: () => void): void {
  if (process.connected) process.send!(message, undefined, undefined, onSent);
}

async function start(message: Extract<ToWorker, { type: 'start' }>): Promise<void> {
  const log = createLogger({ level: message.logLevel, name: 'worker' });
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'worker failed');
    process.exit(1);
  });
  try {
    plane = await startDataPlane(
      {
        host: message.host,
        port: message.port,
        listener: message.listener,
        debugHeaders: message.debugHeaders,
        log,
        clock: systemClock,
        deliverPair(pair) {
          if (pairsInChannel >= MAX_PAIRS_IN_CHANNEL) return false;
          pairsInChannel++;
          send({ type: 'pair', pair }, () => pairsInChannel--);
          return true;
        },
      },
      message.snapshot,
    );
  } catch (error) {
    send({ type: 'failed', message: whyNotListening(error, message.host, message.port) }, () =>
      process.exit(1),
    );
    return;
  }
  send({ type: 'listening', port: plane.port });
  send({ type: 'applied', revision: message.snapshot.revision });
  setInterval(report, REPORT_EVERY_MS).unref();
}

function whyNotListening(error: unknown, host: string, port: number): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return `port ${port} of ${host} is taken: stop who listens there, or choose another with --port`;
  if (code === 'EACCES')
    return `port ${port} of ${host} may not be used by this user: choose one from 1024 up with --port`;
  return `the proxy can't listen on ${host}, port ${port}: ${message}`;
}

function report(): void {
  if (plane) send({ type: 'report', report: plane.takeReport() });
}

async function stop(graceMs: number): Promise<void> {
  await plane?.close(graceMs);
  report();
  process.disconnect?.();
  process.exit(0);
}

process.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'start':
      void start(message);
      break;
    case 'snapshot':
      plane?.apply(message.snapshot);
      send({ type: 'applied', revision: message.snapshot.revision });
      break;
    case 'tls':
      plane?.setTls(message.tls);
      break;
    case 'stop':
      void stop(message.graceMs);
      break;
  }
});
// The supervisor decides when to stop; a signal to the whole process group must not cut requests short.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
// Without a supervisor nobody can roll this worker back.
process.on('disconnect', () => process.exit(0));
