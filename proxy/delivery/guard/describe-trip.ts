import type { BadWindow } from './find-bad.ts';
import type { GuardKind, Latch } from './latch.ts';
import { badPart } from './window.ts';

const what: Readonly<Record<GuardKind, string>> = {
  errors: 'were answered with 5xx or not at all',
  unreachable: 'could not be given to it',
  latency: 'were slow',
  mismatches: 'were answered differently',
};

/** A trip of the guard in words and numbers. */
export function describeTrip(kind: GuardKind, window: BadWindow, at: string): Latch {
  const { seconds, service, monolith } = window;
  const monolithRate = monolith.requests > 0 ? badPart(monolith) : window.monolithRate;
  const own = `In ${seconds} s ${count(service.bad)} of ${count(service.requests)} requests of the service (${percent(badPart(service))}) ${what[kind]}`;
  const other =
    monolith.requests > 0
      ? `; of the monolith's it was ${count(monolith.bad)} of ${count(monolith.requests)} (${percent(monolithRate)}).`
      : `; the monolith, which has no part now, had ${percent(monolithRate)} before.`;
  return {
    at,
    kind,
    reason: own + other,
    numbers: {
      seconds,
      serviceRequests: service.requests,
      serviceBad: service.bad,
      monolithRequests: monolith.requests,
      monolithBad: monolith.bad,
      monolithRate: Math.round(monolithRate * 1e6) / 1e6,
    },
  };
}

/** One worker saw nothing but failures and acted by itself. */
export function describeWorkerTrip(failures: number, withinMs: number, at: string): Latch {
  return {
    at,
    kind: 'errors',
    reason: `A worker saw ${failures} requests of the service in a row fail within ${Math.round(withinMs)} ms, while the monolith answered.`,
    numbers: { failures, withinMs: Math.round(withinMs) },
  };
}

function count(n: number): string {
  return Math.round(n).toLocaleString('en-US');
}

function percent(part: number): string {
  return `${(part * 100).toFixed(part > 0 && part < 0.1 ? 2 : 1).replace(/\.0+$/, '')} %`;
}
