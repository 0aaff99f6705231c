import type { Migration, Route } from './model.ts';

/** What a matched request belongs to. */
export interface RouteMatch<M> {
  readonly route: Route;
  readonly migration: M;
}

/** Routes by method; `*` is any other. */
type Methods<M> = Map<string, RouteMatch<M>>;

interface Node<M> {
  literals: Map<string, Node<M>> | undefined;
  parameter: Node<M> | undefined;
  /** Routes that end here. */
  exact: Methods<M> | undefined;
  /** Routes whose `/**` starts here. */
  subtree: Methods<M> | undefined;
}

/**
 * Matches a method and a canonical path to at most one route. The most specific template wins: a literal
 * segment before a parameter, a parameter before a subtree, read from the left; for equal templates a
 * named method before `*`. HEAD follows GET unless a route names it (RFC 9110, 9.3.2).
 */
export class RouteTable<M> {
  readonly #anyHost: Node<M> = emptyNode();
  readonly #byHost = new Map<string, Node<M>>();

  /** `attach` makes what a match carries for each migration. */
  constructor(migrations: readonly Migration[], attach: (migration: Migration) => M) {
    for (const migration of migrations) {
      const attached = attach(migration);
      for (const root of this.#rootsOf(migration)) {
        for (const route of migration.routes) insert(root, route, attached);
      }
    }
  }

  /** `host` is the Host header's value; `path` must be canonical. */
  match(method: string, host: string, path: string): RouteMatch<M> | undefined {
    if (this.#byHost.size > 0) {
      const root = this.#byHost.get(hostName(host));
      const match = root && find(root, method, path, 1);
      if (match) return match;
    }
    return find(this.#anyHost, method, path, 1);
  }

  #rootsOf(migration: Migration): Node<M>[] {
    if (migration.hosts.length === 0) return [this.#anyHost];
    return migration.hosts.map((host) => {
      const root = this.#byHost.get(host) ?? emptyNode<M>();
      this.#byHost.set(host, root);
      return root;
    });
  }
}

function emptyNode<M>(): Node<M> {
  return { literals: undefined, parameter: undefined, exact: undefined, subtree: undefined };
}

function insert<M>(root: Node<M>, route: Route, migration: M): void {
  let node = root;
  const segments = route.template.slice(1).split('/');
  for (const segment of segments) {
    if (segment === '**') {
      node.subtree ??= new Map();
      node.subtree.set(route.method, { route, migration });
      return;
    }
    node = segment.startsWith('{') ? parameterChild(node) : literalChild(node, segment);
  }
  node.exact ??= new Map();
  node.exact.set(route.method, { route, migration });
}

function parameterChild<M>(node: Node<M>): Node<M> {
  node.parameter ??= emptyNode();
  return node.parameter;
}

function literalChild<M>(node: Node<M>, segment: string): Node<M> {
  node.literals ??= new Map();
  let child = node.literals.get(segment);
  if (!child) {
    child = emptyNode();
    node.literals.set(segment, child);
  }
  return child;
}

/** Depth is bounded by the deepest template, not by the path. */
function find<M>(node: Node<M>, method: string, path: string, start: number): RouteMatch<M> | undefined {
  const slash = path.indexOf('/', start);
  const end = slash < 0 ? path.length : slash;
  const segment = path.slice(start, end);
  const literal = node.literals?.get(segment);
  const match =
    (literal && descend(literal, method, path, end)) ??
    (node.parameter && end > start ? descend(node.parameter, method, path, end) : undefined);
  return match ?? (node.subtree && forMethod(node.subtree, method));
}

function descend<M>(node: Node<M>, method: string, path: string, end: number): RouteMatch<M> | undefined {
  if (end < path.length) return find(node, method, path, end + 1);
  return (node.exact && forMethod(node.exact, method)) ?? (node.subtree && forMethod(node.subtree, method));
}

function forMethod<M>(methods: Methods<M>, method: string): RouteMatch<M> | undefined {
  return methods.get(method) ?? (method === 'HEAD' ? methods.get('GET') : undefined) ?? methods.get('*');
}

/** Lower-case name of a Host value, without its port. */
function hostName(host: string): string {
  const end = host.startsWith('[') ? host.indexOf(']') + 1 : host.indexOf(':');
  return (end > 0 ? host.slice(0, end) : host).toLowerCase();
}
