/** Columns a text takes, as far as code points tell. */
export function widthOf(text: string): number {
  return [...text].length;
}

/** Lines of at most `width` columns (1 or more), broken at spaces; words that are longer, after a slash or anywhere. */
export function wrapText(text: string, width: number): string[] {
  return packLines(
    // A number and its unit are one word.
    text.split(/ (?!(?:%|ms)(?![\w]))/).flatMap((word) => breakWord(word, width)),
    ' ',
    width,
  );
}

/** As a list, `  - ` before the first line of each. */
export function bulletList(sentences: readonly string[], width = Number.POSITIVE_INFINITY): string[] {
  return sentences.flatMap((sentence) =>
    wrapText(sentence, Math.max(width - 4, 20)).map((line, index) => (index === 0 ? '  - ' : '    ') + line),
  );
}

function breakWord(word: string, width: number): string[] {
  if (widthOf(word) <= width) return [word];
  const pieces = word.split(/(?<=\/)/).flatMap((piece) => cutEvery(piece, width));
  return packLines(pieces, '', width);
}

function cutEvery(piece: string, width: number): string[] {
  const letters = [...piece];
  const cuts = Math.max(Math.ceil(letters.length / width), 1);
  return Array.from({ length: cuts }, (_, index) =>
    letters.slice(index * width, (index + 1) * width).join(''),
  );
}

function packLines(pieces: readonly string[], glue: string, width: number): string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    const last = lines.at(-1);
    const longer = last === undefined ? piece : last + glue + piece;
    if (last !== undefined && widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(piece);
  }
  return lines;
}
