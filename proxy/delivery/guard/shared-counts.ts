import { z } from 'zod';
import type { BothSeen } from './window.ts';
import { addBoth, nothingSeen } from './window.ts';

/** The part of Redis that counts go through. */
export interface CountsStore {
  send(commands: readonly (readonly [string, ...(string | number)[]])[]): Promise<unknown[]>;
}

/** What is counted together: `migration:kind`, or `*` for all that the monolith answers. */
export type Subject = string;

/** Buckets are read again for so many seconds: others write theirs up to a second later, by their own clocks. */
const READ_BACK_SECONDS = 5;
const EXPIRE_SECONDS = 30;

const packed = z.tuple([z.number(), z.number(), z.number(), z.number()]).catch([0, 0, 0, 0]);

/**
 * The counts of all replicas, second by second. Each replica writes its own totals under its own name: what is
 * written twice, or was believed lost, counts once, and no script is needed to add it up.
 */
export class SharedCounts {
  readonly #store: CountsStore;
  readonly #replica: string;
  /** Own totals by second, as far as they have changed since they were written. */
  readonly #own = new Map<number, Map<Subject, BothSeen>>();
  readonly #changed = new Set<number>();

  constructor(store: CountsStore, replica: string) {
    this.#store = store;
    this.#replica = replica;
  }

  add(subject: Subject, second: number, seen: BothSeen): void {
    let subjects = this.#own.get(second);
    if (!subjects) {
      subjects = new Map();
      this.#own.set(second, subjects);
    }
    subjects.set(subject, addBoth(subjects.get(subject) ?? nothing, seen));
    this.#changed.add(second);
  }

  /** Writes what is new, and reads what the others have counted of `subjects` in the last seconds. One round trip. */
  async exchange(
    subjects: readonly Subject[],
    now: number,
  ): Promise<{ readonly subject: Subject; readonly second: number; readonly others: BothSeen }[]> {
    const seconds = Array.from({ length: READ_BACK_SECONDS }, (_, back) => now - back);
    for (const second of this.#own.keys()) if (second <= now - EXPIRE_SECONDS) this.#forget(second);
    const wanted = subjects.flatMap((subject) => seconds.map((second) => ({ subject, second })));
    const written = [...this.#changed];
    const writes = written.flatMap((second) =>
      [...(this.#own.get(second) ?? [])].flatMap(([subject, { service, monolith }]) => {
        const key = keyOf(subject, second);
        const text = JSON.stringify([service.requests, service.bad, monolith.requests, monolith.bad]);
        return [
          ['HSET', key, this.#replica, text],
          ['EXPIRE', key, EXPIRE_SECONDS],
        ] as const;
      }),
    );
    this.#changed.clear();
    try {
      const reads = wanted.map(({ subject, second }) => ['HGETALL', keyOf(subject, second)] as const);
      const replies = await this.#store.send([...writes, ...reads]);
      return wanted.map((bucket, index) => ({
        ...bucket,
        others: this.#sum(replies[writes.length + index]),
      }));
    } catch (error) {
      for (const second of written) this.#changed.add(second);
      throw error;
    }
  }

  /** HGETALL sent as a plain command is answered with names and values in turn, or as a map of them. */
  #sum(reply: unknown): BothSeen {
    let sum = nothing;
    for (const [replica, text] of fieldsOf(reply)) {
      if (replica === this.#replica) continue;
      const [asked, failed, monolithAsked, monolithFailed] = packed.parse(parseJson(text));
      sum = addBoth(sum, {
        service: { requests: asked, bad: failed },
        monolith: { requests: monolithAsked, bad: monolithFailed },
      });
    }
    return sum;
  }

  #forget(second: number): void {
    this.#own.delete(second);
    this.#changed.delete(second);
  }
}

const nothing: BothSeen = { service: nothingSeen, monolith: nothingSeen };

function keyOf(subject: Subject, second: number): string {
  return `ficus:guard:${subject}:${second}`;
}

function fieldsOf(reply: unknown): [string, string][] {
  if (!Array.isArray(reply)) return Object.entries((reply ?? {}) as Record<string, string>);
  const fields: [string, string][] = [];
  for (let i = 0; i + 1 < reply.length; i += 2) fields.push([String(reply[i]), String(reply[i + 1])]);
  return fields;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
