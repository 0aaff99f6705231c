import type { PairRow } from '../../../proxy/admin/api-types.ts';

type Differences = PairRow['differences'];

/** The texts of both sides without JSON's quotes; undefined where a side has nothing or is cut. */
function valuesOf(differences: Differences): readonly (readonly [string, string])[] | undefined {
  const values = differences.map(({ monolith, service }) => [bare(monolith), bare(service)] as const);
  const known = values.filter((pair): pair is readonly [string, string] => !pair.includes(undefined));
  return known.length === values.length && known.length > 0 ? known : undefined;
}

function bare(text: string | undefined): string | undefined {
  if (text === undefined || text.endsWith('… <cut>')) return undefined;
  return /^"[^"\\]*"$/.test(text) ? text.slice(1, -1) : text;
}

/** The most that numbers are apart, rounded up to one digit; undefined where they are not all numbers. */
export function widestDistance(differences: Differences): number | undefined {
  const number = /^-?\d{1,15}(?:\.\d{1,15})?$/;
  const distances = valuesOf(differences)?.map((values) =>
    values.every((text) => number.test(text)) ? Math.abs(Number(values[0]) - Number(values[1])) : Number.NaN,
  );
  const widest = Math.max(...(distances ?? [Number.NaN]));
  return Number.isFinite(widest) && widest > 0 ? roundedUp(widest) : undefined;
}

function roundedUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value) + 1e-9);
  return Number((Math.ceil(value / unit - 1e-6) * unit).toPrecision(3));
}

/** Formats in which the comparer reads times, as far as they are told from other numbers. */
const timeFormats: readonly RegExp[] = [
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?$/,
  /^(?:[A-Z][a-z]{2}, )?\d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/,
  /^1\d{9}$/,
  /^1\d{12}$/,
];

/** The most that times of one format are apart, in whole seconds, as milliseconds; undefined where they are not all times. */
export function widestDelayMs(differences: Differences): number | undefined {
  const delays = valuesOf(differences)?.map(([one, other]) => {
    const format = timeFormats.find((each) => each.test(one) && each.test(other));
    return format ? Math.abs(timeMs(one) - timeMs(other)) : Number.NaN;
  });
  const widest = Math.max(...(delays ?? [Number.NaN]));
  return Number.isFinite(widest) && widest > 0 ? roundedUp(Math.max(1_000, widest)) : undefined;
}

function timeMs(text: string): number {
  if (/^\d{10}$/.test(text)) return Number(text) * 1_000;
  return /^\d{13}$/.test(text) ? Number(text) : Date.parse(text);
}

const idShapes: readonly RegExp[] = [
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  /^(?=[a-f]*\d)[0-9a-f]{16,64}$/i,
  /^[a-z]{1,8}[-_.:]?(?:\d+[-_.:])*\d{4,}$/i,
];

/** Whether each side's text is an id, such as an upstream makes up by itself. */
export function areIds(differences: Differences): boolean {
  const isId = (text: string) => idShapes.some((shape) => shape.test(text));
  return valuesOf(differences)?.every(([one, other]) => isId(one) && isId(other)) ?? false;
}

const likelyKeys = ['id', 'key', 'sku', 'code', 'uuid', 'name'];

/** What tells the elements of an array apart, such as `/sku`; undefined where nothing does in all of these bodies. */
export function elementKey(at: string, bodies: readonly string[]): string | undefined {
  const [, ...steps] = at.slice('body:'.length).split('/');
  const arrays = bodies.flatMap((body) => arraysAt(jsonIn(body), steps));
  if (arrays.length === 0) return undefined;
  const tellsApart = (name: string) =>
    arrays.every((elements) => {
      const values = elements.map((element) => memberOf(element, name));
      const areScalars = values.every((value) => typeof value === 'string' || typeof value === 'number');
      return areScalars && new Set(values).size === values.length;
    });
  const names = [...likelyKeys, ...Object.keys(arrays[0]?.[0] ?? {})];
  const found = names.find(tellsApart);
  return found === undefined ? undefined : `/${found.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function arraysAt(value: unknown, steps: readonly string[]): (readonly unknown[])[] {
  const [step, ...rest] = steps;
  if (step === undefined) return Array.isArray(value) && value.length > 1 ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  if (step === '*' || step === '{id}') return Object.values(value).flatMap((below) => arraysAt(below, rest));
  return arraysAt(memberOf(value, step.replaceAll('~1', '/').replaceAll('~0', '~')), rest);
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}
