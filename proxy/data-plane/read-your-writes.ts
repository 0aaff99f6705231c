import { isSafeMethod } from '../routing/model.ts';
import type { ClientIdentity } from './client-identity.ts';
import { readSideCookie, type SideCookieRules, setSideCookie } from './side-cookie.ts';
import type { LiveMigration } from './snapshot.ts';
import type { AnsweredBy } from './traffic-counts.ts';

/** Users that are remembered here; the one who wrote longest ago makes way. */
const MAX_USERS = 10_000;

interface Written {
  readonly side: AnsweredBy;
  readonly untilMs: number;
}

/** Sides that users without cookies have written to, by migration and sticky value, in this process. */
export class LastWrites {
  readonly #written = new Map<string, Written>();

  remember(migration: string, sticky: string, written: Written): void {
    const key = `${migration}\0${sticky}`;
    this.#written.delete(key);
    this.#written.set(key, written);
    if (this.#written.size > MAX_USERS) this.#written.delete(this.#written.keys().next().value!);
  }

  sideOf(migration: string, sticky: string, nowMs: number): AnsweredBy | undefined {
    const written = this.#written.get(`${migration}\0${sticky}`);
    return written && nowMs < written.untilMs ? written.side : undefined;
  }
}

/** What read-your-writes goes by. */
export interface WriteSides {
  readonly key: string;
  readonly lastWrites: LastWrites;
  readonly nowMs: () => number;
}

/** Who asks, as far as this is concerned. */
interface Asking {
  readonly cookie: string | undefined;
  readonly sticky: string | undefined;
  readonly client: ClientIdentity;
}

/** The side that has this user's last write to the migration, while it is to be asked for what they wrote. */
export function sideOfLastWrite(
  { migration }: LiveMigration,
  { cookie, sticky, client }: Asking,
  { key, lastWrites, nowMs }: WriteSides,
): AnsweredBy | undefined {
  const seconds = migration.readYourWritesSeconds ?? 0;
  const rules = { migration: migration.id, seconds, key, secure: client.scheme === 'https' };
  const named = cookie === undefined ? undefined : readSideCookie(cookie, rules, nowMs());
  return named ?? (sticky === undefined ? undefined : lastWrites.sideOf(migration.id, sticky, nowMs()));
}

/** What follows from the answer to one write. */
export class PendingWrite {
  readonly #rules: SideCookieRules;
  readonly #sticky: string | undefined;
  readonly #sides: WriteSides;

  constructor(
    { migration }: LiveMigration,
    client: ClientIdentity,
    sticky: string | undefined,
    sides: WriteSides,
  ) {
    const seconds = migration.readYourWritesSeconds ?? 0;
    this.#rules = { migration: migration.id, seconds, key: sides.key, secure: client.scheme === 'https' };
    this.#sticky = sticky;
    this.#sides = sides;
  }

  /** Adds the cookie to the headers of an answer that says the write was taken. */
  taken(side: AnsweredBy, status: number, headers: string[]): void {
    if (status < 200 || status >= 400) return;
    const { lastWrites, nowMs } = this.#sides;
    const now = nowMs();
    headers.push('Set-Cookie', setSideCookie(side, this.#rules, now));
    if (this.#sticky === undefined) return;
    const untilMs = now + this.#rules.seconds * 1000;
    lastWrites.remember(this.#rules.migration, this.#sticky, { side, untilMs });
  }
}

/** Whether requests of this method are writes, of which the next ones must know. */
export function isWriteToRemember({ migration }: LiveMigration, method: string): boolean {
  return migration.readYourWritesSeconds !== undefined && !isSafeMethod(method);
}
