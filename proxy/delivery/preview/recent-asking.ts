import type { Clock } from '../../telemetry/clock.ts';
import type { MigrationIncrement } from '../traffic-history.ts';

/** As a worker reports it (data-plane/asking-users.ts). */
export interface UserSample {
  readonly users: readonly number[];
  readonly byChance: number;
  readonly unknown: number;
}

/** Who asked for a migration's routes over the last minutes, as this process has seen it. */
export interface RecentAsking {
  /** Minutes that were looked at, of which the newest is not over. */
  readonly minutes: number;
  readonly requests: number;
  /** By route. */
  readonly routes: ReadonlyMap<string, number>;
  /** How often each user was among the requests that were looked at, by the hash that their bucket is made of. */
  readonly users: ReadonlyMap<number, number>;
  /** Requests looked at that had no lasting user: by chance another one each time, or none that is known. */
  readonly byChance: number;
  readonly unknown: number;
  /** Whether every request was looked at, and no user left out. */
  readonly complete: boolean;
}

const SLICE_MS = 60_000;
const KEPT_SLICES = 10;
/** Less says nothing about a minute. */
const shortestMinutes = 1 / 6;
/** Users kept of a migration and a minute. */
const maxUsers = 20_000;

interface Slice {
  readonly at: number;
  requests: number;
  readonly routes: Map<string, number>;
  readonly users: Map<number, number>;
  byChance: number;
  unknown: number;
  isFull: boolean;
}

/** The last ten minutes, a slice a minute; in memory, and never anywhere else. */
export class AskingHistory {
  readonly #clock: Clock;
  readonly #slices = new Map<string, Slice[]>();
  readonly #lastSeen = new Map<string, Map<string, number>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(migration: string, { monolith, service, statuses = {} }: MigrationIncrement): void {
    const slice = this.#now(migration);
    slice.requests += monolith.requests + service.requests;
    for (const [route, counts] of Object.entries(statuses)) {
      const added = counts.reduce((sum, count) => sum + count, 0);
      slice.routes.set(route, (slice.routes.get(route) ?? 0) + added);
      if (added > 0) this.#seen(migration).set(route, this.#clock.now());
    }
  }

  addUsers(migration: string, { users, byChance, unknown }: UserSample): void {
    const slice = this.#now(migration);
    for (const user of users) {
      const before = slice.users.get(user);
      if (before === undefined && slice.users.size >= maxUsers) slice.isFull = true;
      else slice.users.set(user, (before ?? 0) + 1);
    }
    slice.byChance += byChance;
    slice.unknown += unknown;
  }

  read(migration: string): RecentAsking {
    const now = this.#clock.monotonic();
    const slices = this.#kept(migration, now);
    const routes = new Map<string, number>();
    const users = new Map<number, number>();
    let [requests, byChance, unknown, isFull] = [0, 0, 0, false];
    for (const slice of slices) {
      requests += slice.requests;
      byChance += slice.byChance;
      unknown += slice.unknown;
      isFull ||= slice.isFull;
      addAll(routes, slice.routes);
      addAll(users, slice.users);
    }
    let looked = byChance + unknown;
    for (const times of users.values()) looked += times;
    const minutes = slices[0] ? Math.max(shortestMinutes, (now - slices[0].at) / SLICE_MS) : 0;
    // A request is looked at when it begins and counted when it ends: reports lie between some of them.
    const complete = !isFull && looked >= requests * 0.95;
    return { minutes, requests, routes, users, byChance, unknown, complete };
  }

  /** When a client last got an answer of each route, in ms since 1970. */
  lastSeen(migration: string): ReadonlyMap<string, number> {
    return this.#seen(migration);
  }

  #seen(migration: string): Map<string, number> {
    const seen = this.#lastSeen.get(migration) ?? new Map<string, number>();
    this.#lastSeen.set(migration, seen);
    return seen;
  }

  #now(migration: string): Slice {
    const now = this.#clock.monotonic();
    const slices = this.#kept(migration, now);
    const last = slices.at(-1);
    if (last && now - last.at < SLICE_MS) return last;
    const slice: Slice = {
      at: now,
      requests: 0,
      routes: new Map(),
      users: new Map(),
      byChance: 0,
      unknown: 0,
      isFull: false,
    };
    slices.push(slice);
    this.#slices.set(migration, slices);
    return slice;
  }

  #kept(migration: string, now: number): Slice[] {
    const kept = (this.#slices.get(migration) ?? []).filter(({ at }) => now - at < KEPT_SLICES * SLICE_MS);
    this.#slices.set(migration, kept);
    return kept;
  }
}

function addAll<K>(sum: Map<K, number>, added: ReadonlyMap<K, number>): void {
  for (const [key, count] of added) sum.set(key, (sum.get(key) ?? 0) + count);
}
