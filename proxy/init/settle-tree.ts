import { childrenOf, isPrefix, mergeEnds, openNode, type PathNode } from './path-tree.ts';
import type { RouteCounts } from './route-counts.ts';

/** So many different values of a segment are those of a parameter: nobody writes that many routes by hand. */
const manyValues = 20;
/** Where ids were seen already, fewer other values are probably ids too. */
const manyBesideIds = 8;
/** Actions among the values, such as `/orders/search`, that stay routes of their own. */
const maxKept = 10;

const staticFile =
  /\.(?:avif|bmp|css|eot|gif|ico|jpe?g|js|json5?|map|mjs|mp[34]|otf|png|svg|ttf|txt|wasm|webm|webp|woff2?|xml)$/i;

/** Decides, once all is read, what is a parameter and what a folder of files. Parents before children. */
export function settleTree(root: PathNode): void {
  for (const [name, child] of root.literals) settle(child, isPrefix(name));
  if (root.parameter) settle(root.parameter, false);
}

function settle(node: PathNode, isBeforeResource: boolean): void {
  const files = filesBelow(node);
  if (files !== undefined) {
    node.subtree = files;
    node.literals.clear();
    node.parameter = undefined;
    node.ends.clear();
    return;
  }
  const most = node.parameter ? manyBesideIds : manyValues;
  if (!isBeforeResource && (node.isOpen || node.literals.size > most)) openNode(node, actionsOf(node));
  for (const [name, child] of node.literals) settle(child, isBeforeResource && isPrefix(name));
  if (node.parameter) settle(node.parameter, false);
}

/** Values that take other methods, or have other things below, than most of them. */
function actionsOf(node: PathNode): ReadonlySet<string> {
  const shapes = new Map<string, string[]>();
  for (const [name, child] of node.literals) {
    const shape = JSON.stringify([[...child.ends.keys()].sort(), [...child.literals.keys()].sort()]);
    shapes.set(shape, [...(shapes.get(shape) ?? []), name]);
  }
  const [usual = '[[],[]]'] = [...shapes].sort(([, a], [, b]) => b.length - a.length).map(([shape]) => shape);
  const [methods] = JSON.parse(usual) as [string[]];
  const others = [...node.literals].filter(([name, child]) => {
    return name !== '' && [...child.ends.keys()].some((method) => !methods.includes(method));
  });
  return new Set(others.length > maxKept ? [] : others.map(([name]) => name));
}

/** The counts of everything below, by method, when it is nearly all static files and there are some of them. */
function filesBelow(node: PathNode): Map<string, RouteCounts> | undefined {
  const found = { files: 0, others: 0 };
  const ends = new Map<string, RouteCounts>();
  const visit = (name: string, one: PathNode): void => {
    if (one.ends.size > 0) {
      found[staticFile.test(name) ? 'files' : 'others']++;
      mergeEnds(ends, one.ends);
    }
    for (const [childName, child] of one.literals) visit(childName, child);
    if (one.parameter) visit('', one.parameter);
  };
  visit('', node);
  const isFolder = found.files >= 3 && found.others <= found.files / 4 && childrenOf(node).length > 0;
  return isFolder && [...ends.keys()].every((method) => method === 'GET') ? ends : undefined;
}
