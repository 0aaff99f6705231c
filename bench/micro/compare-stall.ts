/**
 * What hostile and large pairs cost the processes that do not compare: the time to hand a pair over, and the
 * longest gap between two turns of the event loop while the comparer's thread works on it, next to that of an idle
 * process (on a busy machine that is not nothing). Bodies over 8 MiB never get here: a worker hashes what is over
 * `maxBodyBytes`, which may be no more. Exits 1 when handing over takes more than 20 ms.
 */
import { serialize } from 'node:v8';
import { pino } from 'pino';
import { createComparer } from '../../proxy/shadow/comparer.ts';
import type { CompleteAnswer, Pair } from '../../proxy/shadow/pair.ts';

const BAR_MS = 20;
const ROUNDS = 5;
const MAX_BODY_BYTES = 8 * 1024 * 1024;

const answerOf = (text: string | Uint8Array): CompleteAnswer => ({
  outcome: 'complete',
  status: 200,
  headers: ['Content-Type', 'application/json'],
  body: new Uint8Array(Buffer.from(text)),
  durationMs: 1,
});
const pairOf = (monolith: string | Uint8Array, service: string | Uint8Array): Pair => ({
  id: 'pair',
  migration: 'catalog',
  route: 'GET /x',
  at: new Date().toISOString(),
  control: 'monolith',
  request: { method: 'GET', target: '/x', headers: [], body: new Uint8Array() },
  monolith: answerOf(monolith),
  service: answerOf(service),
});

const records = (bytes: number, price: number) =>
  JSON.stringify(
    Array.from({ length: bytes / 60 }, (_, id) => ({
      id,
      name: `product ${id}`,
      price: id % 97 ? 1 : price,
    })),
  );
const deep = (inner: string) => `${'['.repeat(100_000)}${inner}${']'.repeat(100_000)}`;
const keys = (value: number) =>
  `{${Array.from({ length: 600_000 }, (_, key) => `"k${key}":${value}`).join()}}`;

const pairs: readonly (readonly [what: string, pair: Pair])[] = [
  ['1 MB of JSON, 1 % of records differ', pairOf(records(1e6, 1), records(1e6, 2))],
  ['100,000 levels', pairOf(deep('1'), deep('2'))],
  ['600,000 keys, 6 MB', pairOf(keys(1), keys(2))],
  ['30 MB of JSON on either side, as captured', pairOf(records(30e6, 1), records(30e6, 2))],
  ['50 MB of bytes on one side, as captured', pairOf(new Uint8Array(50e6), '{}')],
];

let compared: (outcome: string) => void = () => {};
const comparer = createComparer({
  onCompared: ({ outcome, reason, differences }) =>
    compared(reason ?? `${outcome}, ${differences.length} places`),
  onDropped: (reason) => compared(`dropped: ${reason}`),
  log: pino({ level: 'silent' }),
  redactionKey: new Uint8Array(32),
  maxQueuedPairs: 10,
  maxQueuedBytes: 64 * 1024 * 1024,
  timeBudgetMs: 2000,
});
comparer.setMigrations([
  {
    id: 'catalog',
    rulesHash: 'r',
    shadow: { compare: { ignore: [], unordered: [], tolerate: [] }, redact: [] },
  },
]);

let longest = 0;
let last = performance.now();
const tick = setInterval(() => {
  const now = performance.now();
  longest = Math.max(longest, now - last - 1);
  last = now;
}, 1);

console.log(
  `${'pair'.padEnd(38)} ${'to the supervisor'.padEnd(18)} ${'to the thread'.padEnd(14)} ${'longest gap'.padEnd(12)} outcome`,
);
const idle: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  longest = 0;
  last = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 100));
  idle.push(longest);
}
let isMissed = false;
for (const [what, pair] of pairs) {
  const [sent, handed, gaps]: [number[], number[], number[]] = [[], [], []];
  let outcome = '';
  for (let round = 0; round < ROUNDS; round++) {
    let from = performance.now();
    serialize({ type: 'pair', pair });
    if (pair.monolith.outcome === 'complete' && pair.monolith.body.length <= MAX_BODY_BYTES)
      sent.push(performance.now() - from);
    await new Promise((resolve) => setTimeout(resolve, 20));
    longest = 0;
    last = performance.now();
    outcome = await new Promise<string>((resolve) => {
      compared = resolve;
      from = performance.now();
      comparer.submit(pair);
      handed.push(performance.now() - from);
    });
    gaps.push(longest);
  }
  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
  const ms = (values: readonly number[]) =>
    values.length === 0 ? 'hashed there' : `${median(values).toFixed(1)} ms`;
  isMissed ||= (sent.length > 0 && median(sent) > BAR_MS) || median(handed) > BAR_MS;
  console.log(
    `${what.padEnd(38)} ${ms(sent).padEnd(18)} ${ms(handed).padEnd(14)} ${ms(gaps).padEnd(12)} ${outcome}`,
  );
}
console.log(
  `${'nothing'.padEnd(38)} ${''.padEnd(18)} ${''.padEnd(14)} ${idle.toSorted((a, b) => a - b)[ROUNDS >> 1]!.toFixed(1)} ms`,
);
clearInterval(tick);
await comparer.close();
console.log(isMissed ? `\nover ${BAR_MS} ms: missed` : `\nnothing over ${BAR_MS} ms: met`);
process.exitCode = isMissed ? 1 : 0;
