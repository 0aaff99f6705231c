import { type ChildProcess, fork } from 'node:child_process';
import type { BoundSocket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ControlSnapshot } from './snapshot.ts';
import type { FromWorker, SnapshotChange, ToWorker } from './worker-messages.ts';

const program = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** Where a worker finds the listening socket: behind stdin, stdout, stderr and the channel. */
export const LISTENING_FD = 4;

/**
 * One worker as the supervisor sees it. Snapshots go to it one at a time, each when the last one is applied:
 * a worker that is behind gets the newest next, and never a queue of old ones.
 */
export class WorkerProcess {
  readonly #child: ChildProcess;
  #told: ControlSnapshot | undefined;
  #before: ControlSnapshot | undefined;
  #next: ControlSnapshot | undefined;
  #isApplying = false;
  /** Revision that it has applied. */
  revision = 0;
  /** Hash of the routes.yaml that it goes by; empty until it has applied one. */
  routesHash = '';

  constructor(socket: BoundSocket) {
    this.#child = fork(program, [], {
      execArgv: process.execArgv,
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', socket.fd()],
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isConnected(): boolean {
    return this.#child.connected;
  }

  /** The newest snapshot it was sent. */
  get told(): ControlSnapshot | undefined {
    return this.#told;
  }

  /** Whether it has something to apply that it has not confirmed. */
  get isApplying(): boolean {
    return this.#isApplying;
  }

  onMessage(take: (message: FromWorker) => void): void {
    this.#child.on('message', (message) => take(message as FromWorker));
  }

  onError(take: (error: Error) => void): void {
    this.#child.on('error', take);
  }

  /** Called once; also for one that could not be started. */
  onExit(take: (code: number | null, signal: string | null) => void): void {
    this.#child.once('exit', take);
  }

  start(message: Extract<ToWorker, { type: 'start' }>): void {
    this.#told = message.snapshot;
    this.#isApplying = true;
    this.send(message);
  }

  apply(snapshot: ControlSnapshot): void {
    this.#next = snapshot;
    this.#tellNext();
  }

  /** It has applied what it was sent, or refused it and stays with what it had. */
  settled(outcome: 'applied' | 'refused'): void {
    this.#isApplying = false;
    if (outcome === 'refused') this.#told = this.#before;
    this.#tellNext();
  }

  send(message: ToWorker): void {
    // An error comes for a worker that has just died; its exit says so, too.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #tellNext(): void {
    const next = this.#next;
    if (!next || this.#isApplying) return;
    this.#next = undefined;
    this.#isApplying = true;
    this.send({ type: 'snapshot', change: changeSince(this.#told, next) });
    this.#before = this.#told;
    this.#told = next;
  }
}

/** A thousand routes take both sides milliseconds to pack and unpack; mostly only a share has changed. */
function changeSince(before: ControlSnapshot | undefined, next: ControlSnapshot): SnapshotChange {
  const { routing, features, ...rest } = next;
  return {
    ...rest,
    ...(before?.routing === routing ? {} : { routing }),
    ...(before?.features === features ? {} : { features }),
  };
}
