import { addLatencies, latencyBucket, latencyPercentile } from '../../telemetry/latency.ts';
import type { SideIncrement } from '../traffic-history.ts';
import { type BothSeen, nothingSeen } from './window.ts';

/** When an answer of the service counts as slow. */
export interface SlowRules {
  /** Times the monolith's usual p99, and so many ms over it: slower than both. */
  readonly latencyP99Ratio: number;
  readonly latencyFloorMs: number;
}

/** Fewer answers of the monolith do not show what is usual. */
const MIN_USUAL = 200;
/** What is usual is what so many of its answers show, newer ones for older ones. */
const MAX_USUAL = 20_000;
/** A monolith that has answered nothing for so long may be another one by now. */
const USUAL_FOR_SECONDS = 3600;

/**
 * Counts slow answers of both sides by what is usual for the monolith: its p99 over its last answers. Both sides are
 * held against the same line, so that a load which makes both slow speaks against neither.
 */
export class SlowAnswers {
  #usual: readonly number[] = [];
  #answers = 0;
  #lastAt = Number.NEGATIVE_INFINITY;

  count(
    { monolith, service }: { readonly monolith: SideIncrement; readonly service: SideIncrement },
    rules: SlowRules,
    second: number,
  ): BothSeen {
    const line = this.#line(rules, second);
    if (monolith.requests > 0) this.#remember(monolith, second);
    if (line === undefined) return { service: nothingSeen, monolith: nothingSeen };
    return {
      service: { requests: service.requests, bad: over(service, line) },
      monolith: { requests: monolith.requests, bad: over(monolith, line) },
    };
  }

  /** The last bucket that is not slow; undefined while too little is known. */
  #line({ latencyP99Ratio, latencyFloorMs }: SlowRules, second: number): number | undefined {
    if (this.#answers < MIN_USUAL || second - this.#lastAt > USUAL_FOR_SECONDS) return undefined;
    const usual = latencyPercentile(this.#usual, 0.99);
    return latencyBucket(Math.max(usual * latencyP99Ratio, usual + latencyFloorMs));
  }

  #remember({ requests, latency }: SideIncrement, second: number): void {
    this.#usual = addLatencies(this.#usual, latency);
    this.#answers += requests;
    this.#lastAt = second;
    if (this.#answers <= MAX_USUAL) return;
    this.#usual = this.#usual.map((count) => count / 2);
    this.#answers /= 2;
  }
}

function over({ latency }: SideIncrement, line: number): number {
  let count = 0;
  for (let bucket = line + 1; bucket < latency.length; bucket++) count += latency[bucket]!;
  return count;
}
