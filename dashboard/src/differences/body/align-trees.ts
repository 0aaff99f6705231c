import { type Alignment, align, maxAlignmentCells } from '../../../../proxy/shadow/compare/align.ts';
import { rootSort, type StoredNode } from './stored-node.ts';

/** One line of both bodies beside each other. An absent side has nothing there. */
export interface AlignedRow {
  /** From 0. */
  readonly line: number;
  readonly depth: number;
  /** As a place has it behind `body:`; elements by their index on the monolith's side, where they have one there. */
  readonly pointer: string;
  readonly monolith?: string;
  readonly service?: string;
  readonly isSame: boolean;
  /** It closes what another line opens. */
  readonly isEnd?: true;
  /** It stands elsewhere among its siblings on the service's side. */
  readonly isMoved?: true;
}

export interface AlignedRows {
  readonly rows: readonly AlignedRow[];
  /** There would be more. */
  readonly areAll: boolean;
}

/** Rows beyond these are of no use to a reader, and would only hold the page up. */
const maxRows = 50_000;

type Sides = readonly [monolith: StoredNode | undefined, service: StoredNode | undefined];

interface Place {
  readonly depth: number;
  readonly pointer: string;
  /** `,` where another one follows. */
  readonly behind: string;
  readonly isMoved?: boolean;
}

/**
 * Sets two bodies side by side as the comparer does: members by their names, elements by its own alignment, so that a
 * difference's place and the line it is marked in are the same.
 */
export function alignTrees(monolith: StoredNode | undefined, service: StoredNode | undefined): AlignedRows {
  const rows: AlignedRow[] = [];
  const budget = { cells: maxAlignmentCells };
  const top = monolith ?? service;
  if (top?.sort === rootSort) addChildren([monolith, service], { depth: -1, pointer: '', behind: '' });
  else if (top) addNode([monolith, service], { depth: 0, pointer: '', behind: '' });
  return { rows: rows.slice(0, maxRows), areAll: rows.length <= maxRows };

  function addNode(sides: Sides, place: Place): void {
    if (rows.length > maxRows) return;
    const [one, other] = sides;
    addRow(
      sides.map((side) => side && (side.tail === undefined ? side.head + place.behind : side.head)),
      place,
    );
    if (one?.tail !== undefined && other?.tail !== undefined && one.below !== other.below) {
      addChildren([one, undefined], place);
      addChildren([undefined, other], place);
    } else if ((one?.tail ?? other?.tail) !== undefined) addChildren(sides, place);
    const tails = sides.map((side) => (side?.tail === undefined ? undefined : side.tail + place.behind));
    addRow(tails, place, true);
  }

  function addRow(
    [monolithText, serviceText]: readonly (string | undefined)[],
    { depth, pointer, isMoved = false }: Place,
    isEnd = false,
  ): void {
    if (monolithText === undefined && serviceText === undefined) return;
    rows.push({
      line: rows.length,
      depth,
      pointer,
      ...(monolithText !== undefined && { monolith: monolithText }),
      ...(serviceText !== undefined && { service: serviceText }),
      isSame: monolithText === serviceText,
      ...(isEnd && { isEnd: true as const }),
      ...(isMoved && !isEnd && { isMoved: true as const }),
    });
  }

  function addChildren(sides: Sides, { depth, pointer }: Place): void {
    const [one, other] = sides;
    const isByName = (one ?? other)!.below === 'members';
    const couples = isByName ? byName(sides) : byAlignment(one?.children ?? [], other?.children ?? []);
    for (const [index, couple] of couples.entries()) {
      const step = (couple.nodes[0] ?? couple.nodes[1])!.step;
      addNode(couple.nodes, {
        depth: depth + 1,
        pointer: `${pointer}/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        behind: index < couples.length - 1 ? (one ?? other)!.separator : '',
        ...(couple.isMoved && { isMoved: true }),
      });
    }
  }

  function byAlignment(ones: readonly StoredNode[], others: readonly StoredNode[]): Couple[] {
    const idsOf = (nodes: readonly StoredNode[]) => nodes.map(({ id }) => id);
    const similarTo = similarityOf(ones, others);
    return inOrder(ones, others, align(idsOf(ones), idsOf(others), similarTo, budget));
  }
}

interface Couple {
  readonly nodes: Sides;
  readonly isMoved?: true;
}

/** Names in the monolith's order, those of the service alone behind them. */
function byName([one, other]: Sides): Couple[] {
  const others = new Map(other?.children.map((child) => [child.step, child]));
  const couples: Couple[] = (one?.children ?? []).map((child) => {
    const partner = others.get(child.step);
    others.delete(child.step);
    return { nodes: [child, partner] };
  });
  return [...couples, ...[...others.values()].map((child): Couple => ({ nodes: [undefined, child] }))];
}

/** The monolith's order; what the service alone has, where it stands between what both have. */
function inOrder(
  ones: readonly StoredNode[],
  others: readonly StoredNode[],
  { pairs, moved, extra }: Alignment,
): Couple[] {
  const partners = new Map(pairs);
  const movedTo = new Map(moved);
  const alone = new Set(extra);
  const couples: Couple[] = [];
  let next = 0;
  const addAloneUpTo = (end: number) => {
    for (; next < end; next++) if (alone.has(next)) couples.push({ nodes: [undefined, others[next]] });
  };
  for (const [index, one] of ones.entries()) {
    const at = partners.get(index);
    const other = at === undefined ? undefined : others[at]!;
    if (at !== undefined) addAloneUpTo(at);
    if (other && other.sort !== one.sort)
      couples.push({ nodes: [one, undefined] }, { nodes: [undefined, other] });
    else if (movedTo.has(index)) couples.push({ nodes: [one, others[movedTo.get(index)!]], isMoved: true });
    else couples.push({ nodes: [one, other] });
  }
  addAloneUpTo(others.length);
  return couples;
}

/** 0 to 1, as the comparer has it: how many members two objects have in common, or parts two elements of one name. */
function similarityOf(ones: readonly StoredNode[], others: readonly StoredNode[]) {
  const known = new Map<StoredNode, ReadonlySet<string>>();
  const partsOf = (node: StoredNode) => {
    let parts = known.get(node);
    if (parts === undefined) {
      const isObject = node.below === 'members';
      parts = new Set(node.children.map(({ step, id }) => (isObject ? `${step} ${id}` : String(id))));
      known.set(node, parts);
    }
    return parts;
  };
  return (index: number, otherIndex: number): number => {
    const [one, other] = [ones[index]!, others[otherIndex]!];
    if (one.sort !== other.sort) return 0;
    const isMarkup = one.sort !== '';
    if (!isMarkup && (one.below !== 'members' || other.below !== 'members')) return 0;
    const [parts, otherParts] = [partsOf(one), partsOf(other)];
    let equal = 0;
    for (const part of parts) if (otherParts.has(part)) equal++;
    const common = equal / Math.max(parts.size, otherParts.size, 1);
    return isMarkup ? 0.5 + common / 2 : common;
  };
}
