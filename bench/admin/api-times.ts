import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { percentile } from './percentile.ts';

export interface CallTimes {
  readonly call: string;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly bytes: number;
}

/** What stands for the parameters in a path, one of them at a time. */
export interface Known {
  readonly id: readonly string[];
  readonly signature: readonly (readonly [migration: string, signature: string])[];
  readonly pair: readonly string[];
}

/** Not asked: what an empty recorder has none of, what never ends, exports, and what is no list of ours. */
const left = [
  /^\/$/,
  /\{recording\}/,
  /\/events$/,
  /^\/login/,
  /^\/(healthz|readyz|metrics)$/,
  /\/contracts\/draft$/,
  /\/regressions$/,
];

/** Every read of the API, in turn, `rounds` times; each with other ids every time. */
export async function timeCalls(admin: string, known: Known, rounds: number): Promise<CallTimes[]> {
  const calls = readsOfApi();
  const times = new Map(calls.map((call) => [call, { ms: [] as number[], bytes: 0 }]));
  for (let round = -1; round < rounds; round++) {
    for (const call of calls) {
      const url = admin + expand(call, known, Math.max(round, 0));
      const from = performance.now();
      const answer = await fetch(url);
      const text = await answer.text();
      const took = performance.now() - from;
      if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 300)}`);
      // The first round warms up, and shows that all of them answer.
      if (round < 0) continue;
      const one = times.get(call)!;
      one.ms.push(took);
      one.bytes = Math.max(one.bytes, Buffer.byteLength(text));
    }
  }
  return [...times].map(([call, { ms, bytes }]) => ({
    call,
    bytes,
    p50Ms: percentile(ms, 0.5),
    p95Ms: percentile(ms, 0.95),
  }));
}

function readsOfApi(): string[] {
  const file = new URL('../../proxy/admin/openapi.yaml', import.meta.url);
  const { paths } = parse(readFileSync(file, 'utf8')) as { paths: Record<string, { get?: object }> };
  const reads = Object.keys(paths).filter((path) => paths[path]!.get);
  return reads.filter((path) => !left.some((pattern) => pattern.test(path)));
}

function expand(call: string, { id, signature, pair }: Known, round: number): string {
  const pick = <T>(from: readonly T[]): T => from[(round * 7) % from.length]!;
  const [migration, shown] = pick(signature);
  return call
    .replace('{id}', call.includes('{signature}') ? migration : pick(id))
    .replace('{signature}', shown)
    .replace('{pair}', pick(pair));
}
