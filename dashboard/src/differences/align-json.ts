/** A number as it was written: `1.10` and a large integer keep every digit. */
export class WrittenNumber {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

type Json = null | boolean | string | WrittenNumber | readonly Json[] | { readonly [key: string]: Json };

/** One line of both documents beside each other. An absent side has nothing there. */
export interface AlignedRow {
  /** From 0. */
  readonly line: number;
  readonly depth: number;
  /** JSON pointer. */
  readonly pointer: string;
  readonly monolith?: string;
  readonly service?: string;
  readonly isSame: boolean;
}

export type AlignedBodies = readonly AlignedRow[];

/** Rows beyond these are of no use to a reader, and would only hold the page up. */
const maxRows = 20_000;
const maxDepth = 200;

/** Undefined when one of them is no JSON. */
export function alignJson(monolith: string, service: string): AlignedBodies | undefined {
  const sides = [readJson(monolith), readJson(service)];
  const [left, right] = sides;
  if (left === undefined || right === undefined) return undefined;
  const rows: AlignedRow[] = [];
  addValue(rows, { left: left.value, right: right.value }, { depth: 0, pointer: '', key: '', isLast: true });
  return rows;
}

function readJson(text: string): { readonly value: Json } | undefined {
  try {
    const value = JSON.parse(quotedRedactions(text), (_key, read, context?: { source?: string }) =>
      typeof read === 'number' ? new WrittenNumber(context?.source ?? String(read)) : read,
    );
    return { value };
  } catch {
    return undefined;
  }
}

/** Of a number that was hidden the mark stands there bare, and is no JSON. */
function quotedRedactions(text: string): string {
  return text.replace(/^(\s*(?:"(?:[^"\\]|\\.)*": )?)(‹redacted:[0-9a-f]{8}›)(,?)$/gm, '$1"$2"$3');
}

interface Place {
  readonly depth: number;
  readonly pointer: string;
  /** `"price": `, or nothing in an array. */
  readonly key: string;
  readonly isLast: boolean;
}

interface Pair {
  readonly left: Json | undefined;
  readonly right: Json | undefined;
}

function addValue(rows: AlignedRow[], { left, right }: Pair, place: Place): void {
  if (rows.length >= maxRows) return;
  const shape = shapeOf(left ?? right!);
  const isNested = shape !== 'leaf' && place.depth < maxDepth;
  if (isNested && (left === undefined || right === undefined || shapeOf(left) === shapeOf(right))) {
    addNested(rows, { left, right }, place, shape);
    return;
  }
  if (left !== undefined && right !== undefined && (shapeOf(left) !== 'leaf' || shapeOf(right) !== 'leaf')) {
    // Of two shapes there is nothing to align: each stands in a line of its own.
    const sides = { monolith: short(left, place), service: short(right, place) };
    rows.push({ line: rows.length, depth: place.depth, pointer: place.pointer, ...sides, isSame: false });
    return;
  }
  const texts = {
    ...(left !== undefined && { monolith: short(left, place) }),
    ...(right !== undefined && { service: short(right, place) }),
  };
  const isSame = left !== undefined && right !== undefined && leafText(left) === leafText(right);
  rows.push({ line: rows.length, depth: place.depth, pointer: place.pointer, ...texts, isSame });
}

function addNested(rows: AlignedRow[], { left, right }: Pair, place: Place, shape: 'array' | 'object'): void {
  const { depth, pointer, key, isLast } = place;
  const [open, close] = shape === 'array' ? ['[', ']'] : ['{', '}'];
  const line = (text: string): AlignedRow => ({
    line: rows.length,
    depth,
    pointer,
    ...(left !== undefined && { monolith: text }),
    ...(right !== undefined && { service: text }),
    isSame: left !== undefined && right !== undefined,
  });
  const steps = stepsOf(left, right);
  if (steps.length === 0) {
    rows.push(line(`${key}${open}${close}${isLast ? '' : ','}`));
    return;
  }
  rows.push(line(`${key}${open}`));
  for (const [index, step] of steps.entries()) {
    const child = {
      depth: depth + 1,
      pointer: `${pointer}/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      key: shape === 'array' ? '' : `${JSON.stringify(step)}: `,
      isLast: index === steps.length - 1,
    };
    addValue(rows, { left: childOf(left, step), right: childOf(right, step) }, child);
  }
  rows.push(line(`${close}${isLast ? '' : ','}`));
}

/** Names in the monolith's order, those of the service alone behind them. */
function stepsOf(left: Json | undefined, right: Json | undefined): string[] {
  const names = [left, right].flatMap((side) =>
    typeof side === 'object' && side !== null && !(side instanceof WrittenNumber) ? Object.keys(side) : [],
  );
  return [...new Set(names)];
}

function childOf(parent: Json | undefined, step: string): Json | undefined {
  if (typeof parent !== 'object' || parent === null || parent instanceof WrittenNumber) return undefined;
  return Object.hasOwn(parent, step) ? (parent as Record<string, Json>)[step] : undefined;
}

function shapeOf(value: Json): 'array' | 'object' | 'leaf' {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'object' && value !== null && !(value instanceof WrittenNumber) ? 'object' : 'leaf';
}

function short(value: Json, { key, isLast }: Place): string {
  return `${key}${leafText(value)}${isLast ? '' : ','}`;
}

function leafText(value: Json): string {
  if (value instanceof WrittenNumber) return value.source;
  if (shapeOf(value) === 'leaf') return JSON.stringify(value);
  const { length } = Object.keys(value as object);
  return Array.isArray(value) ? `[ ${length} ]` : `{ ${length} }`;
}
