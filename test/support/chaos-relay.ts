import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** What a relay does to one connection; nothing of it unless it is named. */
export interface Faults {
  /** Resets before a byte has gone through: as it accepts, or as the first byte comes. */
  readonly resets?: 'at once' | 'when asked';
  /** Accepts, takes everything, and never says a word. */
  readonly isBlackhole?: boolean;
  /** Bytes of the answers that come through; then the connection ends as `cutBy` says. */
  readonly cutAfterBytes?: number;
  /** `closing` unless it says otherwise. */
  readonly cutBy?: 'closing' | 'reset';
  /** Every piece of an answer is held back this long. */
  readonly delayMs?: number;
  /** Answers come through in pieces of this size, each after a turn of this time. */
  readonly drip?: { readonly bytes: number; readonly everyMs: number };
  /** Sent behind the first piece of an answer, as if the upstream had said it. */
  readonly extra?: string;
}

/** Stands between the proxy and an upstream and harms connections; `faultsOf` counts them from 0. */
export class ChaosRelay {
  readonly port: number;
  readonly #server;
  readonly #target: number;
  readonly #faultsOf: (index: number) => Faults;
  readonly #sockets = new Set<Socket>();
  /** Connections that the proxy made so far. */
  connectionCount = 0;

  private constructor(
    server: ReturnType<typeof createServer>,
    target: number,
    faultsOf: (index: number) => Faults,
  ) {
    this.#server = server;
    this.#target = target;
    this.#faultsOf = faultsOf;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (near: Socket) => this.#carry(near, this.connectionCount++));
  }

  static async start(target: number, faultsOf: (index: number) => Faults): Promise<ChaosRelay> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ChaosRelay(server, target, faultsOf);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #carry(near: Socket, index: number): void {
    const faults = this.#faultsOf(index);
    this.#keep(near);
    if (faults.resets === 'at once') {
      near.resetAndDestroy();
      return;
    }
    if (faults.resets === 'when asked') {
      near.once('data', () => near.resetAndDestroy());
      return;
    }
    if (faults.isBlackhole) {
      near.resume();
      return;
    }
    const far = connect({ port: this.#target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    this.#keep(far);
    near.on('close', () => far.destroy());
    far.on('error', () => near.resetAndDestroy());
    near.pipe(far);
    this.#bringBack(far, near, faults).catch(() => near.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }

  async #bringBack(far: Socket, near: Socket, faults: Faults): Promise<void> {
    let left = faults.cutAfterBytes ?? Number.POSITIVE_INFINITY;
    let extra = faults.extra;
    for await (const chunk of far) {
      if (faults.delayMs !== undefined) await wait(faults.delayMs);
      const piece = (chunk as Buffer).subarray(0, left);
      left -= piece.length;
      await pour(piece, near, faults.drip);
      if (extra !== undefined) near.write(extra, 'latin1');
      extra = undefined;
      if (left > 0) continue;
      if (faults.cutBy === 'reset') near.resetAndDestroy();
      else near.end();
      far.destroy();
      return;
    }
    near.end();
  }
}

async function pour(piece: Buffer, near: Socket, drip: Faults['drip']): Promise<void> {
  const size = drip?.bytes ?? piece.length;
  for (let at = 0; at < piece.length; at += size) {
    if (drip) await wait(drip.everyMs);
    if (near.destroyed) return;
    if (!near.write(piece.subarray(at, at + size)))
      await Promise.race([once(near, 'drain'), once(near, 'close')]);
  }
}
