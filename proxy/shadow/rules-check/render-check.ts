import type { HiddenFault, RulesCheck } from './check-rules.ts';

/** Why the rules are not to be used as they are, in sentences; empty when they are sound. */
export function failuresOf({ migration, routes, hidden }: RulesCheck): string[] {
  return routes.flatMap(({ route, blind }) => {
    if (blind === undefined) return [];
    const rules = hidden.flatMap((fault) =>
      fault.route === route &&
      fault.rule !== undefined &&
      (blind === 'whole' || fault.place.startsWith('body:'))
        ? [`\`${fault.rule}\``]
        : [],
    );
    const by = [...new Set(rules)].join(' and ');
    const what = blind === 'whole' ? 'nothing that goes wrong' : 'nothing that goes wrong in a body';
    return [`${migration}: of ${route} ${what} would be seen${by === '' ? '' : `: ${by}`}`];
  });
}

/** Rows that are shown of a list; the others are counted. */
const maxRows = 40;

/** The report for people; `source` says what the faults were made in. */
export function renderRulesCheck({ migration, routes, hidden }: RulesCheck, source: string): string {
  const faults = sum(routes.map(({ faults }) => faults));
  const seen = sum(routes.map(({ seen }) => seen));
  const number = (count: number) => count.toLocaleString('en-US');
  const head =
    `${migration}: ${number(faults)} faults made in ${source}\n` +
    `  ${seen === faults ? 'all of them' : `${number(seen)} of them`} would be seen`;
  const byRule = hidden.filter(({ rule }) => rule !== undefined);
  const uncompared = hidden.filter(({ rule }) => rule === undefined);
  const lines = [head];
  if (byRule.length > 0) lines.push('', 'Hidden by rules', ...rows(rulesTable(byRule)));
  const lost = byRule.filter(({ kind }) => kind === 'missing' || kind === 'empty');
  if (lost.length > 0) {
    const places = lost.map(({ place, rule, kind, route }) => [place, kind, `by ${rule}`, route]);
    lines.push('', 'What the service leaves out would not be seen at', ...rows(unique(places)));
  }
  if (uncompared.length > 0) {
    const places = uncompared.map(({ place, kind, route }) => [place, kind, route]);
    lines.push('', 'Never compared, whatever the rules', ...rows(unique(places)));
  }
  return lines.join('\n');
}

/** A row for each rule: what it hides, and where. */
function rulesTable(hidden: readonly HiddenFault[]): string[][] {
  const byRule = Map.groupBy(hidden, ({ rule }) => rule ?? '');
  return [...byRule].map(([rule, faults]) => {
    const kinds = [...new Set(faults.map(({ kind }) => kind))].join(', ');
    const routes = new Set(faults.map(({ route }) => route)).size;
    return [rule, kinds, `${routes} ${routes === 1 ? 'route' : 'routes'}`];
  });
}

function unique(table: readonly string[][]): string[][] {
  return [...new Map(table.map((row) => [row.join('\n'), row])).values()];
}

function rows(table: readonly string[][]): string[] {
  const shown = table.slice(0, maxRows);
  const widths = shown[0]?.map((_, column) => Math.max(...shown.map((row) => row[column]!.length))) ?? [];
  const lines = shown.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd(),
  );
  return table.length > maxRows ? [...lines, `  and ${table.length - maxRows} more`] : lines;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
