import type { Estate } from '../estate.ts';
import { readFicus, runFicus } from './ficus.ts';
import type { Narrator } from './narrator.ts';
import { browse } from './traffic.ts';

interface Status {
  readonly phase: string;
  readonly share: { readonly asked: number; readonly allowed: number; readonly effective: number };
  readonly pairs: { readonly agreed: number; readonly differed: number; readonly incomparable: number };
  readonly builds: { readonly service: string };
  readonly traffic: { readonly fallbacks: number };
  readonly shadowShare: number;
  readonly revision: number;
}

export interface Signature {
  readonly signature: string;
  readonly route: string;
  readonly place: string;
  readonly kind: string;
  readonly pairs: number;
  /** `noise`, `unjudged`, `expected`, … */
  readonly state: string;
}

interface Gate {
  readonly state: string;
  readonly reasons: readonly { readonly text: string }[];
}

/** Who takes the tour: gives commands, browses, and waits for what happens by itself. */
export class Tourist {
  readonly estate: Estate;
  readonly tell: Narrator;
  /** A folder for files of the tour. */
  readonly folder: string;
  readonly #admin: string;
  #commandMs = 0;

  constructor(estate: Estate, tell: Narrator, folder: string) {
    this.estate = estate;
    this.tell = tell;
    this.folder = folder;
    this.#admin = estate.urls.admin;
  }

  /** Runs a command, shows what it prints, and has its exit code. */
  async ficus(...args: string[]): Promise<number> {
    const startedAt = performance.now();
    const { exitCode, output } = await runFicus(this.#admin, args);
    this.#commandMs = performance.now() - startedAt;
    this.tell.command(args, output);
    return exitCode;
  }

  /** How long the latest command took. */
  get commandMs(): number {
    return this.#commandMs;
  }

  status(migration = 'catalog'): Promise<Status> {
    return readFicus(this.#admin, migration);
  }

  gate(): Promise<Gate> {
    return readFicus(this.#admin, 'catalog/gate');
  }

  async signatures(): Promise<readonly Signature[]> {
    const path = 'catalog/signatures';
    return (await readFicus<{ signatures: readonly Signature[] }>(this.#admin, path)).signatures;
  }

  async pairs(migration = 'catalog'): Promise<number> {
    const { agreed, differed, incomparable } = (await this.status(migration)).pairs;
    return agreed + differed + incomparable;
  }

  /** Goes on browsing until something holds: copies that were dropped are made up for. */
  async browseUntil(what: string, users: number, holds: () => Promise<boolean>): Promise<void> {
    let sent = 0;
    await this.until(what, async () => {
      if (await holds()) return true;
      await browse(this.estate.urls.proxy, 150, users, sent);
      sent += 150;
      return false;
    });
  }

  gather(count: number, users: number): Promise<void> {
    return this.browseUntil(
      `${count.toLocaleString('en')} pairs are compared`,
      users,
      async () => (await this.pairs()) >= count,
    );
  }

  /** Waits for something that happens by itself, for a bounded time. */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + 120_000;
    while (!(await holds())) {
      if (performance.now() > deadline) throw new Error(`waited 120 s in vain until ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }
}
