import type { Express } from 'express';
import type { Actor } from '../delivery/model.ts';
import type { AdminDeps } from './admin-deps.ts';
import type { RevealDone, RevealedValue, RevealOrder } from './api-types.ts';
import { AdminProblem } from './problem.ts';
import { readStore } from './read-store.ts';
import { actorOf } from './request-actor.ts';

export type RevealResult =
  | {
      readonly done: true;
      readonly values: readonly RevealedValue[];
      /** Marks whose values are kept nowhere. */
      readonly notKept: readonly string[];
    }
  | { readonly done: false; readonly code: 'unknown_pair' | 'values_not_kept'; readonly reason: string };

/** Rejects while the store is away, and where the audit does not take it. */
export type RevealValues = (
  pair: string,
  marks: readonly string[],
  actor: Actor,
  reason: string,
) => Promise<RevealResult>;

/** Of all who ask this process: a person reads fewer, and a script must not read all there is. */
const mostAMinute = 30;

/** What `redact` rules hid in a pair, for an admin with a reason. */
export function addRevealRoutes(app: Express, { reveal, clock }: AdminDeps): void {
  let asked: readonly number[] = [];

  app.post('/api/pairs/:pair/reveal', async (request, response) => {
    const now = clock.monotonic();
    asked = asked.filter((at) => now - at < 60_000);
    if (asked.length >= mostAMinute) {
      const seconds = Math.ceil((60_000 - (now - asked[0]!)) / 1000);
      response.set('Retry-After', String(seconds));
      throw new AdminProblem(
        'rate_limited',
        `${mostAMinute} reveals within a minute are enough: ask again in ${seconds} s.`,
      );
    }
    asked = [...asked, now];
    const { pair } = request.params;
    const { marks, reason }: RevealOrder = request.body;
    const result = await readStore(() => reveal(pair, [...new Set(marks)], actorOf(request), reason));
    if (!result.done) throw new AdminProblem(result.code, result.reason);
    const { values, notKept } = result;
    response.json({ pair, values, notKept } satisfies RevealDone);
  });
}
