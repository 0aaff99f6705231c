import type { FoundRoute } from './found-route.ts';
import { isPrefix, type LeftOut, type PathNode } from './path-tree.ts';
import type { RouteCounts } from './route-counts.ts';

/** The routes of a settled tree; those that only ever refused are counted as left out. */
export function routesOfTree(root: PathNode, leftOut: LeftOut): FoundRoute[] {
  const routes: FoundRoute[] = [];
  const add = (segments: readonly string[], ends: ReadonlyMap<string, RouteCounts>): void => {
    for (const [method, counts] of ends) {
      if (counts.answered === 0) leftOut.notFound += counts.requests;
      else routes.push({ method, template: `/${segments.join('/')}`, counts });
    }
  };
  const visit = (node: PathNode, segments: readonly string[]): void => {
    add(segments, node.ends);
    if (node.subtree) add([...segments, '**'], node.subtree);
    for (const [name, child] of node.literals) visit(child, [...segments, name]);
    if (node.parameter) visit(node.parameter, [...segments, `{${parameterName(segments)}}`]);
  };
  visit(root, []);
  return routes;
}

/** After the segment before it: `orderId` for what follows `orders`. Unique in its template. */
export function parameterName(before: readonly string[]): string {
  const previous = before.at(-1);
  const isNamed =
    previous !== undefined && !previous.startsWith('{') && !isPrefix(previous) && /^[a-z]/i.test(previous);
  const name = isNamed ? `${camelCase(singular(previous))}Id` : 'id';
  const taken = (candidate: string) => before.includes(`{${candidate}}`);
  if (!taken(name)) return name;
  let number = 2;
  while (taken(`${name}${number}`)) number++;
  return `${name}${number}`;
}

/** Of English plurals the regular ones; a wrong guess is a name, and harms nobody. */
export function singular(word: string): string {
  if (/(ss|us|is|news|series)$/i.test(word)) return word;
  if (/[^aeiou]ies$/i.test(word)) return word.replace(/ies$/i, 'y');
  if (/(ch|sh|x|ss|z)es$/i.test(word)) return word.slice(0, -2);
  return word.replace(/s$/i, '');
}

function camelCase(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const joined = words
    .map((word, index) => (index === 0 ? word : word[0]?.toUpperCase() + word.slice(1)))
    .join('');
  return (joined.charAt(0).toLowerCase() + joined.slice(1)).slice(0, 48);
}
