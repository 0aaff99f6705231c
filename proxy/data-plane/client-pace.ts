import type { Socket } from 'node:net';
import { breakOff } from './close-gently.ts';

/** Whether a client takes what it is sent; one that is behind has a limited time to take some of it. */
export class ClientPace {
  readonly #socket: Socket;
  #isBehind = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** Called behind a write; true when the client is behind. After `limitMs` without a byte taken it is given up. */
  watch(limitMs: number): boolean {
    const socket = this.#socket;
    // A write that reached the mark counts as one to wait for even when the kernel took it whole.
    this.#isBehind = socket.writableNeedDrain && socket.writableLength > 0;
    if (!this.#isBehind || socket.timeout) return this.#isBehind;
    socket.setTimeout(limitMs);
    if (socket.listenerCount('timeout') === 0) socket.on('timeout', this.#giveUp);
    return true;
  }

  /** Called when the socket has drained; true when the client was behind. */
  caughtUp(): boolean {
    if (!this.#isBehind) return false;
    this.#isBehind = false;
    this.#socket.setTimeout(0);
    return true;
  }

  readonly #giveUp = (): void => breakOff(this.#socket);
}
