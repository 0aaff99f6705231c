import type { Socket } from 'node:net';
import { closeGently } from './close-gently.ts';
import { FrameBoundaries } from './frame-boundaries.ts';

/** An unmasked Close of 1001, "going away": the server goes down (RFC 6455, 5.5.1 and 7.4.1). */
const goingAway = Buffer.from([0x88, 2, 1001 >> 8, 1001 & 0xff]);

/** Carries a WebSocket's bytes both ways, each side held back by the other's pace, until either side ends. */
export class JoinedTunnel {
  readonly #upstream: Socket;
  readonly #client: Socket;
  readonly #frames = new FrameBoundaries();
  #stage: 'open' | 'leaving' | 'left' = 'open';

  /** `early` is what the client has sent already, `late` what the upstream has. */
  constructor(upstream: Socket, client: Socket, early: Buffer, late: Buffer) {
    this.#upstream = upstream;
    this.#client = client;
    upstream.on('close', () => {
      // What it said last may still be on its way to a client that reads slowly.
      if (upstream.readableEnded) closeGently(client);
      else client.destroy();
    });
    client.on('close', () => upstream.destroy());
    if (early.length > 0) upstream.write(early);
    if (late.length > 0) this.#toClient(late);
    client.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => this.#toClient(chunk));
    upstream.on('end', () => client.end());
    client.on('drain', () => upstream.resume());
    upstream.resume();
  }

  /**
   * Tells the client, once the frame under way is whole, that it must go elsewhere. The rest takes care of itself:
   * the client's own Close goes to the upstream, which ends the connection.
   */
  goAway(): void {
    if (this.#stage !== 'open') return;
    this.#stage = 'leaving';
    this.#leaveBetweenFrames();
  }

  #toClient(chunk: Buffer): void {
    // Nothing follows a Close.
    if (this.#stage === 'left') return;
    const taken = this.#frames.follow(chunk, this.#stage === 'leaving');
    if (!this.#client.write(chunk.subarray(0, taken))) this.#upstream.pause();
    if (this.#stage === 'leaving') this.#leaveBetweenFrames();
  }

  #leaveBetweenFrames(): void {
    if (!this.#frames.isBetween || !this.#client.writable) return;
    this.#stage = 'left';
    this.#client.write(goingAway);
  }
}
