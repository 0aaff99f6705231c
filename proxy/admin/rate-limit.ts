import type { NextFunction, Request, Response } from 'express';
import type { Clock } from '../telemetry/clock.ts';
import { identityOf } from './login/identity.ts';
import { AdminProblem } from './problem.ts';

/** So many at once, and so many a second for as long as one likes. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Far above what a page, a person or a script with a pause asks: these stop what runs away. */
export const rates = {
  read: { burst: 3_000, perSecond: 300 },
  write: { burst: 100, perSecond: 5 },
  login: { burst: 30, perSecond: 0.5 },
} as const satisfies Record<string, Rate>;

const maxKnown = 10_000;

/** Token buckets by whom they are for; the one that asked longest ago is forgotten first. */
export class RateLimiter {
  readonly #rate: Rate;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { left: number; atMs: number }>();

  /** `now`: monotonic ms. */
  constructor(rate: Rate, now: () => number) {
    this.#rate = rate;
    this.#now = now;
  }

  /** 0: it may; else after how many ms it may. */
  take(who: string): number {
    const { burst, perSecond } = this.#rate;
    const nowMs = this.#now();
    const known = this.#buckets.get(who) ?? { left: burst, atMs: nowMs };
    const left = Math.min(burst, known.left + ((nowMs - known.atMs) / 1000) * perSecond);
    const may = left >= 1;
    this.#buckets.delete(who);
    this.#buckets.set(who, { left: may ? left - 1 : left, atMs: nowMs });
    if (this.#buckets.size > maxKnown) this.#buckets.delete(this.#buckets.keys().next().value!);
    return may ? 0 : ((1 - left) / perSecond) * 1000;
  }
}

/**
 * What gives the monolith everything back goes through whatever else somebody sends: in the minute when it is needed,
 * a script of theirs may have run wild. Done a thousand times it is the same as once.
 */
const neverLimited = /^\/api\/(?:migrations\/[^/]+\/rollback|kill)$/;

/** Refuses who asks too much at once, by who they are, or where they are when nobody proved it. */
export function limitRate(clock: Clock) {
  const now = () => clock.monotonic();
  const [reads, writes] = [new RateLimiter(rates.read, now), new RateLimiter(rates.write, now)];
  return (request: Request, response: Response, next: NextFunction): void => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (isRead || !neverLimited.test(request.path)) {
      const identity = identityOf(request);
      const isProved = identity !== undefined && identity.provedBy !== 'nothing';
      const who = isProved ? identity.name : (request.socket.remoteAddress ?? '');
      refuseTooMany((isRead ? reads : writes).take(who), response);
    }
    next();
  };
}

/** The same for logins, by address, whether they succeed or not; what fails is counted besides (`LockOut`). */
export function limitLogins(clock: Clock) {
  const logins = new RateLimiter(rates.login, () => clock.monotonic());
  return (request: Request, response: Response, next: NextFunction): void => {
    refuseTooMany(logins.take(request.socket.remoteAddress ?? ''), response);
    next();
  };
}

function refuseTooMany(waitMs: number, response: Response): void {
  if (waitMs === 0) return;
  const seconds = Math.ceil(waitMs / 1000);
  response.set('Retry-After', String(seconds));
  throw new AdminProblem(
    'rate_limited',
    `That is more at once than the admin plane takes from one side; ask again in ${seconds} s. Rolling back and the kill switch are always taken.`,
  );
}
