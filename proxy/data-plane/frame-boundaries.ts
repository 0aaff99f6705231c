/**
 * Where frames end in what a WebSocket server sends (RFC 6455, 5.2). Reads lengths and nothing else: extensions
 * change what is inside of frames, never these. Any bytes will do; of nonsense it knows no end, which harms nobody.
 */
export class FrameBoundaries {
  /** First two bytes, at most eight of length, and four of a mask, which servers must not use and some do. */
  readonly #head = Buffer.alloc(14);
  #headBytes = 0;
  #payloadLeft = 0;

  /** Whether everything so far was whole frames. */
  get isBetween(): boolean {
    return this.#headBytes === 0 && this.#payloadLeft === 0;
  }

  /** Takes note of `chunk`. With `stop`, of no more than goes to the end of the present frame. Returns how many bytes. */
  follow(chunk: Buffer, stop = false): number {
    let at = 0;
    while (at < chunk.length && !(stop && this.isBetween)) {
      if (this.#payloadLeft > 0) {
        const taken = Math.min(this.#payloadLeft, chunk.length - at);
        this.#payloadLeft -= taken;
        at += taken;
      } else {
        this.#head[this.#headBytes++] = chunk[at++]!;
        if (this.#headBytes >= 2 && this.#headBytes === this.#headLength()) this.#beginPayload();
      }
    }
    return at;
  }

  #headLength(): number {
    const second = this.#head[1]!;
    const short = second & 0x7f;
    return 2 + (short === 127 ? 8 : short === 126 ? 2 : 0) + (second & 0x80 ? 4 : 0);
  }

  #beginPayload(): void {
    const short = this.#head[1]! & 0x7f;
    this.#headBytes = 0;
    if (short < 126) this.#payloadLeft = short;
    else if (short === 126) this.#payloadLeft = this.#head.readUInt16BE(2);
    else this.#payloadLeft = this.#head.readUInt32BE(2) * 2 ** 32 + this.#head.readUInt32BE(6);
  }
}
