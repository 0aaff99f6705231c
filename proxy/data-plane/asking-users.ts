import { murmur3 } from '../routing/bucket.ts';
import type { Asker } from './asker.ts';

/**
 * Who asked for a migration's routes since the last report, by a sample of the requests. Plain data: it travels to the
 * control plane, which keeps it in memory only and tells nobody more than how many there are.
 */
export interface UserSample {
  /** Of each request that was looked at: the hash that the user's bucket is made of. */
  readonly users: number[];
  /** Requests looked at whose user is another one each time (`stickBy: random`), and of no known user. */
  byChance: number;
  unknown: number;
}

/** Requests of a migration that are looked at between two reports: what it costs has an end. */
const lookedAtMost = 50;

export class AskingUsers {
  #samples = new Map<string, UserSample>();

  /** Throws what reading a client's claims throws. */
  note(migration: string, asker: Asker): void {
    let sample = this.#samples.get(migration);
    if (!sample) {
      sample = { users: [], byChance: 0, unknown: 0 };
      this.#samples.set(migration, sample);
    }
    if (sample.users.length + sample.byChance + sample.unknown >= lookedAtMost) return;
    if (asker.sticky === undefined) sample.unknown++;
    else if (asker.lastingSticky === undefined) sample.byChance++;
    else sample.users.push(murmur3(`${migration}:${asker.sticky}`, 0));
  }

  take(): Readonly<Record<string, UserSample>> {
    const samples = Object.fromEntries(this.#samples);
    this.#samples = new Map();
    return samples;
  }
}
