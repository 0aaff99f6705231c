/**
 * Compares two JSON bodies of 10 KB of which one field in a hundred differs, from bytes to a list of
 * differences, with Ficus' comparer, jsondiffpatch and microdiff. Verifies what each finds before timing.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { create } from 'jsondiffpatch';
import microdiffModule from 'microdiff';
import { comparePair } from '../../proxy/shadow/compare/compare-pair.ts';
import { compileRules } from '../../proxy/shadow/compare/compiled-rules.ts';
import { defaultCompareLimits } from '../../proxy/shadow/compare/limits.ts';
import type { CompleteAnswer } from '../../proxy/shadow/pair.ts';

const microdiff = (
  typeof microdiffModule === 'function' ? microdiffModule : (microdiffModule as { default: unknown }).default
) as (one: object, other: object) => { path: (string | number)[] }[];

const ROUNDS = 9;
const ROUND_MS = 400;
const BAR = 3;

interface Contender {
  readonly name: string;
  /** From the bytes of both bodies to the places that differ; made into texts for verifying only. */
  compare(one: Buffer, other: Buffer): readonly unknown[];
  placesOf(found: readonly unknown[]): string[];
}

const settings = {
  rules: compileRules({ ignore: [], unordered: [], tolerate: [] }),
  upstreams: { monolith: undefined, service: undefined },
  limits: defaultCompareLimits,
  candidate: 'service',
} as const;
const request = {
  method: 'GET',
  target: '/api/products',
  headers: ['Host', 'shop.example'],
  body: Buffer.alloc(0),
};
const answerOf = (body: Buffer): CompleteAnswer => ({
  outcome: 'complete',
  status: 200,
  headers: ['Content-Type', 'application/json'],
  body,
  durationMs: 1,
});

const jsondiffpatch = create({ objectHash: (item) => String((item as { id?: unknown }).id) });

const contenders: readonly Contender[] = [
  {
    name: 'ficus',
    compare(one, other) {
      const pair = { migration: 'catalog', route: 'GET /api/products', request };
      const found = comparePair({ ...pair, monolith: answerOf(one), service: answerOf(other) }, settings);
      if (found.outcome !== 'compared') throw new Error(found.reason);
      return found.differences;
    },
    placesOf: (found) =>
      (found as { place: string; kind: string }[]).map(({ place, kind }) => `${place} ${kind}`),
  },
  {
    name: 'jsondiffpatch',
    compare(one, other) {
      const delta = jsondiffpatch.diff(JSON.parse(one.toString()), JSON.parse(other.toString()));
      return delta === undefined ? [] : [delta];
    },
    placesOf: ([delta]) => (delta === undefined ? [] : placesOfDelta(delta, '')),
  },
  {
    name: 'microdiff',
    compare: (one, other) => microdiff(JSON.parse(one.toString()), JSON.parse(other.toString())),
    placesOf: (found) => (found as { path: (string | number)[] }[]).map(({ path }) => `/${path.join('/')}`),
  },
];

function placesOfDelta(delta: unknown, place: string): string[] {
  if (Array.isArray(delta)) return [delta[2] === 3 ? `${place} moved` : place];
  return Object.entries(delta as object)
    .filter(([key]) => key !== '_t')
    .flatMap(([key, below]) => placesOfDelta(below, `${place}/${key}`));
}

/** A page of products, 10 KB as a service sends it. */
function page(): { items: Record<string, unknown>[]; page: number; total: number } {
  const items = Array.from({ length: 30 }, (_, at) => ({
    id: `P-${String(17 + at * 3).padStart(6, '0')}`,
    sku: `SKU-${4000 + at}-${'ABCDEF'[at % 6]}`,
    name: `Thermo mug no. ${at}, stainless steel`,
    description: `Keeps ${at + 2} dl warm for six hours; with a lid, "leakproof", für unterwegs.`,
    price: Number((9.9 + at * 1.25).toFixed(2)),
    currency: 'EUR',
    stock: (at * 37) % 91,
    tags: ['kitchen', 'steel', `size-${at % 4}`],
    dimensions: { width: 80 + at, height: 190, depth: 80.5 },
    active: at % 7 !== 0,
    updatedAt: `2026-11-${String(1 + (at % 28)).padStart(2, '0')}T10:${String(at).padStart(2, '0')}:00.000Z`,
    supplier: null,
  }));
  return { items, page: 1, total: 412 };
}

/** Every third or so of the items has one field of its own that differs: 1 % of all fields. */
function changed(): ReturnType<typeof page> {
  const other = page();
  for (const [at, field, value] of [
    [2, 'price', 12.5],
    [8, 'updatedAt', '2026-11-09T10:08:00.001Z'],
    [15, 'stock', 8],
    [21, 'description', 'Keeps 23 dl warm.'],
    [28, 'active', null],
  ] as const) {
    other.items[at]![field] = value;
  }
  return other;
}

const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const [one, other] = [bytes(page()), bytes(changed())];

const fields = (value: unknown): number =>
  value !== null && typeof value === 'object'
    ? Object.values(value).reduce((sum: number, each) => sum + fields(each), 0)
    : 1;
const total = fields(page());
console.log(
  `${one.length} and ${other.length} bytes, ${total} fields, 5 differ (${((5 / total) * 100).toFixed(1)} %)\n`,
);

const expected = [
  '/items/2/price',
  '/items/8/updatedAt',
  '/items/15/stock',
  '/items/21/description',
  '/items/28/active',
];
for (const { name, compare, placesOf } of contenders) {
  const places = placesOf(compare(one, other)).map((place) => place.replace(/^body:| (?:value|type)$/g, ''));
  if (JSON.stringify(places.toSorted()) !== JSON.stringify(expected.toSorted()))
    throw new Error(`${name} finds ${places.join(', ')}`);
  if (compare(one, bytes(page())).length > 0)
    throw new Error(`${name} finds differences where there are none`);
}
console.log('All find the same five places. What they make of others:');

const items = page().items;
const traps: readonly (readonly [what: string, one: unknown, other: unknown])[] = [
  ['first of 30 elements moved to the end', { items }, { items: [...items.slice(1), items[0]] }],
  ['first of 30 plain values moved to the end', [...items.keys()], [...[...items.keys()].slice(1), 0]],
  ['9007199254740993 became 9007199254740992', '{"id":9007199254740993}', '{"id":9007199254740992}'],
  ['0.1 became 0.10000000000000001', '{"a":0.1}', '{"a":0.10000000000000001}'],
  ['0 became -0', '{"a":0}', '{"a":-0}'],
  ['1.0 became 1: the same number', '{"a":1.0}', '{"a":1}'],
  ['a key given twice became one', '{"a":1,"a":2}', '{"a":2}'],
];
for (const [what, a, b] of traps) {
  const found = contenders.map(({ name, compare, placesOf }) => {
    const places = placesOf(compare(bytes(a), bytes(b)));
    return `${name} ${places.length === 0 ? 'none' : places.length === 1 ? places[0] : `${places.length} places`}`;
  });
  console.log(`  ${what.padEnd(42)} ${found.join(' | ')}`);
}

/** Comparisons a second of CPU time. */
function rate(compare: Contender['compare']): number {
  const before = process.threadCpuUsage();
  const until = performance.now() + ROUND_MS;
  let done = 0;
  do {
    for (let i = 0; i < 20; i++) if (compare(one, other).length === 0) throw new Error('found nothing');
    done += 20;
  } while (performance.now() < until);
  const { user, system } = process.threadCpuUsage(before);
  return done / ((user + system) / 1e6);
}

for (const { compare } of contenders) rate(compare);
const rates = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  const first = round % contenders.length;
  for (const { name, compare } of [...contenders.slice(first), ...contenders.slice(0, first)])
    rates.get(name)!.push(rate(compare));
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const rows = contenders.map(({ name }) => {
  const own = rates.get(name)!;
  const ratios = own.map((value, round) => rates.get('ficus')![round]! / value);
  return {
    name,
    perSecond: Math.round(median(own)),
    microseconds: 1e6 / median(own),
    ficusIsTimes: median(ratios),
  };
});
console.log(`\n${'of 10 KB each, parsing included'.padEnd(34)} pairs/s     µs a pair  ficus is`);
for (const { name, perSecond, microseconds, ficusIsTimes } of rows) {
  const times =
    name === 'ficus'
      ? ''
      : `${ficusIsTimes.toFixed(2)} ×  ${ficusIsTimes >= BAR ? 'met' : 'missed'} (bar ${BAR})`;
  console.log(
    `${name.padEnd(34)} ${perSecond.toLocaleString('en').padEnd(11)} ${microseconds.toFixed(1).padStart(9)}  ${times}`,
  );
}
const result = {
  measure: 'compare-10k-json',
  at: new Date().toISOString(),
  machine: { cpu: cpus()[0]?.model, node: process.version },
  rounds: ROUNDS,
  rows,
};
mkdirSync(new URL('../results/', import.meta.url), { recursive: true });
const file = new URL(`../results/compare-${result.at.slice(0, 10)}.json`, import.meta.url);
writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
