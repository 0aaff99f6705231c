import { type Logger, pino } from 'pino';

/** A log whose lines a test can wait for. */
export class HeardLog {
  readonly lines: Record<string, unknown>[] = [];
  readonly log: Logger;
  #wake = () => {};

  constructor() {
    const write = (line: string) => {
      this.lines.push(JSON.parse(line));
      this.#wake();
    };
    this.log = pino({ level: 'info' }, { write });
  }

  /** The first line from now on, or from `from`, that has this message. */
  async until(message: string, from = this.lines.length): Promise<Record<string, unknown>> {
    for (;;) {
      const line = this.lines.slice(from).find(({ msg }) => msg === message);
      if (line) return line;
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }
}
