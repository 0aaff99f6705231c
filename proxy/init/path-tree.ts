import { isCanonicalPath } from '../routing/canonical-path.ts';
import { foldedKey, foldKey } from '../shadow/signature.ts';
import type { Observation } from './observation.ts';
import { RouteCounts } from './route-counts.ts';

/** A segment of the paths that were seen, and what comes behind it. */
export interface PathNode {
  readonly literals: Map<string, PathNode>;
  /** What stands for any value here. */
  parameter: PathNode | undefined;
  /** By method, of paths that end here. */
  readonly ends: Map<string, RouteCounts>;
  /** Everything below is one route: `/assets/**`. */
  subtree: Map<string, RouteCounts> | undefined;
  /** Requests here and below. */
  requests: number;
  /** So many values were seen that it is known to be a parameter. */
  isOpen: boolean;
}

export function emptyNode(): PathNode {
  return {
    literals: new Map(),
    parameter: undefined,
    ends: new Map(),
    subtree: undefined,
    requests: 0,
    isOpen: false,
  };
}

/** Before a resource's name: `/api/v1/orders`. */
export const isPrefix = (segment: string): boolean => /^(api|rest|public|internal|v\d{1,2})$/i.test(segment);

/** What was not taken into the tree. */
export interface LeftOut {
  /** Of no path that was ever answered well: what scanners ask for, and mistyped links. */
  notFound: number;
  /** Not canonical (`//`, `..`, `;`, wrongly encoded): such a path never matches a route. */
  notCanonical: number;
  /** OPTIONS, TRACE, CONNECT: about the connection or the server, not about what it serves. */
  otherMethods: number;
  /** Of paths that gave way because there were too many different ones. */
  rare: number;
}

export interface TreeLimits {
  readonly maxNodes: number;
  /** Different values of a segment while reading: where resources have their names, and elsewhere. */
  readonly maxResources: number;
  readonly maxValues: number;
  readonly maxDepth: number;
}

export const defaultTreeLimits: TreeLimits = {
  maxNodes: 50_000,
  maxResources: 1000,
  maxValues: 200,
  maxDepth: 12,
};

/** Paths as a tree, of bounded size whatever is sent: ids become parameters at once, rare paths give way. */
export class PathTree {
  readonly root = emptyNode();
  readonly leftOut: LeftOut = { notFound: 0, notCanonical: 0, otherMethods: 0, rare: 0 };
  readonly #limits: TreeLimits;
  #nodes = 1;

  constructor(limits: TreeLimits = defaultTreeLimits) {
    this.#limits = limits;
  }

  add({ method, path, status, durationMs }: Observation): void {
    if (method === 'OPTIONS' || method === 'TRACE' || method === 'CONNECT') {
      this.leftOut.otherMethods++;
      return;
    }
    const segments = path.slice(1).split('/');
    // `*` is canonical, but routes.yaml means something else by it.
    if (!isCanonicalPath(path) || path.includes('*') || segments.length > this.#limits.maxDepth) {
      this.leftOut.notCanonical++;
      return;
    }
    // A refusal says nothing about whether there is such a route; it counts for one that is known.
    const isRefusal = status >= 400 && status < 500;
    const node = this.#walk(segments, !isRefusal);
    if (node === undefined || (isRefusal && node.ends.size === 0)) {
      this.leftOut.notFound++;
      return;
    }
    // HEAD follows GET.
    const route = method === 'HEAD' ? 'GET' : method;
    let counts = node.ends.get(route);
    if (counts === undefined) {
      counts = new RouteCounts();
      node.ends.set(route, counts);
    }
    counts.add(status, durationMs);
    if (this.#nodes > this.#limits.maxNodes) this.#shrink();
  }

  #walk(segments: readonly string[], mayCreate: boolean): PathNode | undefined {
    const passed = [this.root];
    let node = this.root;
    let isResource = true;
    for (const segment of segments) {
      const next = this.#step(node, segment, isResource, mayCreate);
      if (next === undefined) return undefined;
      isResource &&= isPrefix(segment);
      passed.push(next);
      node = next;
    }
    for (const one of passed) one.requests++;
    return node;
  }

  #step(node: PathNode, segment: string, isResource: boolean, mayCreate: boolean): PathNode | undefined {
    const isId = looksLikeId(segment);
    const known = isId ? node.parameter : node.literals.get(segment);
    if (known) return known;
    if (isId || (node.isOpen && segment !== '')) {
      if (node.parameter === undefined && mayCreate) {
        node.parameter = emptyNode();
        this.#nodes++;
      }
      return node.parameter;
    }
    if (!mayCreate) return undefined;
    const created = emptyNode();
    node.literals.set(segment, created);
    this.#nodes++;
    if (isResource) {
      if (node.literals.size > this.#limits.maxResources) this.#dropRarest(node, created);
    } else if (node.literals.size > this.#limits.maxValues) {
      openNode(node);
      this.#nodes = sizeOf(this.root);
      return node.parameter;
    }
    return created;
  }

  /** The rarer half of the names gives way, except the one that is just being added. */
  #dropRarest(node: PathNode, kept: PathNode | undefined): void {
    const byRequests = [...node.literals].sort(([, a], [, b]) => a.requests - b.requests);
    for (const [name, child] of byRequests.slice(0, byRequests.length >> 1)) {
      if (child === kept) continue;
      node.literals.delete(name);
      this.leftOut.rare += child.requests;
    }
    this.#nodes = sizeOf(this.root);
  }

  /** Where many values were seen they become a parameter, the more readily the more there are; names of resources give way last. */
  #shrink(): void {
    const enough = this.#limits.maxNodes / 2;
    const resources = resourceNodes(this.root);
    for (let values = this.#limits.maxValues; this.#nodes > enough && values >= 2; values >>= 1) {
      forEachNode(this.root, (node) => {
        if (!resources.has(node) && node.literals.size >= values) openNode(node);
      });
      this.#nodes = sizeOf(this.root);
    }
    for (let most = largestOf(resources); this.#nodes > enough && most.literals.size > 1; ) {
      this.#dropRarest(most, undefined);
      most = largestOf(resources);
    }
  }
}

/** Those whose values are names of resources: the root, and what is behind `/api` and the like. */
function resourceNodes(root: PathNode): ReadonlySet<PathNode> {
  const found = new Set([root]);
  for (const node of found) {
    for (const [name, child] of node.literals) if (isPrefix(name)) found.add(child);
  }
  return found;
}

function largestOf(nodes: ReadonlySet<PathNode>): PathNode {
  return [...nodes].reduce((most, node) => (node.literals.size > most.literals.size ? node : most));
}

/** All values become one parameter; so do those to come. */
export function openNode(node: PathNode, keep: ReadonlySet<string> = new Set()): void {
  node.isOpen = true;
  for (const [name, child] of node.literals) {
    // The trailing empty segment of `/orders/` is no value.
    if (name === '' || keep.has(name)) continue;
    node.literals.delete(name);
    node.parameter ??= emptyNode();
    mergeNode(node.parameter, child);
  }
}

export function mergeNode(into: PathNode, from: PathNode): void {
  into.requests += from.requests;
  into.isOpen ||= from.isOpen;
  mergeEnds(into.ends, from.ends);
  for (const [name, child] of from.literals) {
    const known = into.literals.get(name);
    if (known) mergeNode(known, child);
    else into.literals.set(name, child);
  }
  if (from.parameter === undefined) return;
  if (into.parameter) mergeNode(into.parameter, from.parameter);
  else into.parameter = from.parameter;
}

export function mergeEnds(into: Map<string, RouteCounts>, from: ReadonlyMap<string, RouteCounts>): void {
  for (const [method, counts] of from) {
    const known = into.get(method) ?? new RouteCounts();
    known.merge(counts);
    into.set(method, known);
  }
}

/** Parents before children. */
export function forEachNode(node: PathNode, visit: (node: PathNode) => void): void {
  visit(node);
  for (const child of childrenOf(node)) forEachNode(child, visit);
}

export function childrenOf(node: PathNode): PathNode[] {
  return node.parameter ? [...node.literals.values(), node.parameter] : [...node.literals.values()];
}

function sizeOf(node: PathNode): number {
  let size = 0;
  forEachNode(node, () => size++);
  return size;
}

/** Numbers, dates, UUIDs, hexadecimal and numbered ids as in signatures; besides, what is encoded, and random texts. */
export function looksLikeId(segment: string): boolean {
  if (segment === '') return false;
  if (segment.length > 80 || foldKey(segment) === foldedKey || /%|@/.test(segment)) return true;
  if (/^[0-9a-f]{8,15}$/i.test(segment) && /\d/.test(segment)) return true;
  // ULIDs, base62 and base64url: long, with digits among letters, and no word a person would write.
  return (
    segment.length >= 16 &&
    /\d[A-Za-z]+\d/.test(segment) &&
    /^[\w=-]+$/.test(segment) &&
    !/[a-z]{7}/.test(segment)
  );
}
