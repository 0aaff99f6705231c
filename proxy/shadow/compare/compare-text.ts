import { align, alignById, maxAlignmentCells } from './align.ts';
import { ignoringRule, type RulesHere, unorderedRule } from './compiled-rules.ts';
import type { DifferenceList } from './differences.ts';
import { bodyPattern, bodyPlace } from './place.ts';
import { stepInto } from './place-tree.ts';
import { isTolerated } from './tolerance.ts';

/** Lines that only one side has are named one by one up to this many. */
const maxNamedLines = 8;

/** Characters kept before the first one that differs; a minified script is one line. */
const contextChars = 60;

/** Compares two texts line by line, aligned: a line put in or moved is one difference. Line ends mean nothing. */
export function compareText(
  monolith: string,
  service: string,
  rules: RulesHere,
  differences: DifferenceList,
): void {
  if (monolith === service) return;
  const lines = { monolith: monolith.split(/\r?\n/), service: service.split(/\r?\n/) };
  const ids = new Map<string, number>();
  const idOf = (line: string) => {
    const known = ids.get(line);
    if (known !== undefined) return known;
    ids.set(line, ids.size);
    return ids.size - 1;
  };
  const idsOf = (side: readonly string[]) => side.map(idOf);
  const unordered = unorderedRule(rules);
  const { pairs, moved, missing, extra } = unordered
    ? alignById(idsOf(lines.monolith), idsOf(lines.service))
    : align(idsOf(lines.monolith), idsOf(lines.service), () => 0, { cells: maxAlignmentCells });
  if (unordered && pairs.some(([one, other]) => one !== other)) unordered.of.mattered = true;
  const rulesHere = stepInto(rules, 0);
  const ignored = ignoringRule(rulesHere);
  const add = (line: number, kind: 'value' | 'missing' | 'extra', one?: string, other?: string) => {
    if (ignored) ignored.mattered = true;
    else differences.add(bodyPlace([line]), bodyPattern([line]), kind, one, other);
  };
  for (const [one, other] of pairs) {
    const [here, there] = [lines.monolith[one]!, lines.service[other]!];
    if (here === there || isTolerated(here, there, rulesHere)) continue;
    const texts = apart(here, there);
    add(one, 'value', shown(one, texts[0]), shown(other, texts[1]));
  }
  if (missing.length > maxNamedLines || extra.length > maxNamedLines) {
    const only = (count: number, alone: number) => `${count} lines, ${alone} of them only here`;
    const texts = [
      only(lines.monolith.length, missing.length),
      only(lines.service.length, extra.length),
    ] as const;
    differences.add(bodyPlace([]), bodyPattern([]), 'length', ...texts);
  } else {
    for (const line of missing) add(line, 'missing', shown(line, lines.monolith[line]!));
    for (const line of extra) add(line, 'extra', undefined, shown(line, lines.service[line]!));
  }
  const [first] = moved;
  if (first === undefined) return;
  const others = moved.length > 1 ? `, and ${moved.length - 1} more elsewhere` : '';
  const at = (line: number, text: string) => `${shown(line, text)}${others}`;
  const [one, other] = first;
  differences.add(
    bodyPlace([]),
    bodyPattern([]),
    'order',
    at(one, lines.monolith[one]!),
    at(other, lines.service[other]!),
  );
}

/** Two texts from a bit before the first character that differs, where they are long. */
export function apart(one: string, other: string): [one: string, other: string] {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  const from = Math.max(0, at - contextChars);
  return from === 0 ? [one, other] : [`…${one.slice(from)}`, `…${other.slice(from)}`];
}

function shown(line: number, text: string): string {
  return `line ${line + 1}: ${text}`;
}
