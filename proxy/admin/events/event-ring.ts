import { randomBytes } from 'node:crypto';
import type { ApiEvent } from '../api-types.ts';

export interface KeptEvent {
  readonly id: string;
  readonly event: ApiEvent;
}

const maxEvents = 1000;

/** The last events, by ids that count up and that no other process, replica or ring gives. */
export class EventRing {
  readonly #maxEvents: number;
  #ring = newName();
  #count = 0;
  #kept: KeptEvent[] = [];

  constructor(most = maxEvents) {
    this.#maxEvents = most;
  }

  /** Of the newest event; there may have been none yet. */
  get newestId(): string {
    return `${this.#ring}-${this.#count}`;
  }

  add(event: ApiEvent): KeptEvent {
    this.#count++;
    const kept = { id: this.newestId, event };
    this.#kept.push(kept);
    if (this.#kept.length > this.#maxEvents) this.#kept.shift();
    return kept;
  }

  /** What came after `id`; undefined where that is not known any more, or never was. */
  after(id: string): readonly KeptEvent[] | undefined {
    const [, ring, digits] = /^([0-9a-f]+)-(\d{1,15})$/.exec(id) ?? [];
    if (ring !== this.#ring) return undefined;
    const missed = this.#count - Number(digits);
    if (missed < 0 || missed > this.#kept.length) return undefined;
    return missed === 0 ? [] : this.#kept.slice(-missed);
  }

  /** Something was missed: nobody can go on from what they have. */
  restart(): void {
    this.#ring = newName();
    this.#count = 0;
    this.#kept = [];
  }
}

function newName(): string {
  return randomBytes(6).toString('hex');
}
