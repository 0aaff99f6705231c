import type { CommandAnswer, KnownCommand } from '../../store/command-answers.ts';

const keptMs = 24 * 3_600_000;
/** A command under way for longer has lost its way. */
const staleMs = 10 * 60_000;
const maxCommands = 2_000;
const maxChars = 8 * 1024 * 1024;

interface Command extends KnownCommand {
  readonly atMs: number;
  /** Resolves when it is done, or was not to be. */
  readonly over: Promise<void>;
  readonly end: () => void;
}

/** Commands of this process with their answers, in the order in which they came; the oldest are forgotten. */
export class KnownCommands {
  readonly #now: () => number;
  readonly #commands = new Map<string, Command>();
  #chars = 0;

  /** `now`: monotonic ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  find(command: string): Command | undefined {
    const known = this.#commands.get(command);
    const oldest = this.#now() - (known?.kept ? keptMs : staleMs);
    if (!known || known.atMs > oldest) return known;
    this.#forget(command);
    return undefined;
  }

  begin(command: string, bodyHash: string): void {
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    this.#forget(command);
    this.#commands.set(command, { bodyHash, atMs: this.#now(), over, end });
    this.#makeRoom();
  }

  keep(command: string, bodyHash: string, kept: CommandAnswer): void {
    const known = this.#commands.get(command);
    this.#forget(command);
    const over = Promise.resolve();
    this.#commands.set(command, { bodyHash, kept, atMs: this.#now(), over, end: () => {} });
    this.#chars += kept.answer.length;
    this.#makeRoom();
    known?.end();
  }

  release(command: string): void {
    const known = this.#commands.get(command);
    this.#forget(command);
    known?.end();
  }

  #forget(command: string): void {
    this.#chars -= this.#commands.get(command)?.kept?.answer.length ?? 0;
    this.#commands.delete(command);
  }

  #makeRoom(): void {
    for (const command of this.#commands.keys()) {
      if (this.#commands.size <= maxCommands && this.#chars <= maxChars) return;
      this.#forget(command);
    }
  }
}
