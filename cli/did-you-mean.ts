/** The one of `names` that was probably meant, if any: it starts the same, or is an edit away, or two behind the first letter. */
export function nearestOf(word: string, names: readonly string[]): string | undefined {
  if (word.length > 20) return undefined;
  const started = names.filter((name) => word.length > 1 && name.startsWith(word));
  if (started.length === 1) return started[0];
  const [nearest] = names
    .map((name) => ({ name, edits: editDistance(word, name) }))
    .filter(({ name, edits }) => edits <= Math.min(name[0] === word[0] ? 2 : 1, word.length / 2))
    .sort((a, b) => a.edits - b.edits);
  return nearest?.name;
}

/** Levenshtein's, row by row. */
function editDistance(from: string, to: string): number {
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...from].entries()) {
    const row = [index + 1];
    for (let column = 0; column < to.length; column++) {
      const replaced = last[column]! + (letter === to[column] ? 0 : 1);
      row.push(Math.min(replaced, last[column + 1]! + 1, row[column]! + 1));
    }
    last = row;
  }
  return last[to.length]!;
}
