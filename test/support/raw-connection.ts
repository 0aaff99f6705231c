import type { Socket } from 'node:net';

/** How the peer ended a connection: cleanly, or by a reset. */
export type Ending = 'closed' | 'reset';

/** For what comes at once: the machine may be busy. */
const DEADLINE_MS = 15_000;

/** What a test waited for can't come any more. */
export class PeerEnded extends Error {}

/** One side of a TCP connection: sends bytes as they are, and waits for the bytes a test wants to see. */
export class RawConnection {
  readonly socket: Socket;
  #unread: Buffer[] = [];
  #ending: Ending | undefined;
  #waiting = new Set<() => void>();

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#unread.push(chunk);
      this.#wake();
    });
    socket.on('end', () => this.#end('closed'));
    socket.on('error', () => this.#end('reset'));
    socket.on('close', () => this.#end('reset'));
  }

  /** Text is sent as latin1, one byte a character. */
  send(bytes: string | Buffer): void {
    if (typeof bytes === 'string') this.socket.write(bytes, 'latin1');
    else this.socket.write(bytes);
  }

  /** Ends this side cleanly; the other may go on. */
  end(): void {
    this.socket.end();
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** What came and was not taken yet. */
  get unread(): Buffer {
    const all = Buffer.concat(this.#unread);
    this.#unread = [all];
    return all;
  }

  /** How the peer has ended, if it has. */
  get ended(): Ending | undefined {
    return this.#ending;
  }

  /** Resolves once the peer has ended, with how it did. */
  ending(): Promise<Ending> {
    return this.#until('the end of the connection', () => this.#ending);
  }

  /** Resolves once the text has come; it stays unread. */
  async text(text: string): Promise<void> {
    await this.#until(JSON.stringify(text), () =>
      this.unread.includes(text, 0, 'latin1') ? true : undefined,
    );
  }

  /** Takes what `read` finds, as soon as it finds something. */
  protected take<T>(
    what: string,
    read: (unread: Buffer, hasEnded: boolean) => { message: T; length: number } | undefined,
  ): Promise<T> {
    return this.#until(what, () => {
      const found = read(this.unread, this.#ending === 'closed');
      if (!found) return undefined;
      this.#unread = [this.unread.subarray(found.length)];
      return found.message;
    });
  }

  #end(ending: Ending): void {
    this.#ending ??= ending;
    this.#wake();
  }

  #wake(): void {
    for (const check of [...this.#waiting]) check();
  }

  #until<T>(what: string, look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        act();
      };
      const giveUp = (why: string, kind: new (message: string) => Error = Error): void =>
        settle(() => reject(new kind(`${why} while waiting for ${what}; unread: ${this.#shown()}`)));
      const timer = setTimeout(() => giveUp(`nothing more for ${DEADLINE_MS} ms`), DEADLINE_MS);
      const check = (): void => {
        const found = look();
        if (found !== undefined) settle(() => resolve(found));
        else if (this.#ending) giveUp(`the peer ended (${this.#ending})`, PeerEnded);
      };
      this.#waiting.add(check);
      check();
    });
  }

  #shown(): string {
    const { unread } = this;
    return `${JSON.stringify(unread.toString('latin1', 0, 500))} (${unread.length} bytes)`;
  }
}
