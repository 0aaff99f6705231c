/** A line in which some part is not as in the line beside it. */
export interface ChangedText {
  readonly before: string;
  readonly changed: string;
  readonly after: string;
}

/** Characters shown of a line before and behind what changed in it. */
const contextChars = 400;
const maxChars = 2_000;

/** A number, a word, or the mark of a hidden value is not taken apart. */
const inWord = /[\p{L}\p{N}_.:‹›-]/u;

/** What tells two lines apart, each in three parts. Of very long lines only what is near to it. */
export function changedParts(one: string, other: string): [one: ChangedText, other: ChangedText] {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start++;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  while (start > 0 && inWord.test(one[start - 1]!)) start--;
  while (end > 0 && inWord.test(one.at(-end)!)) end--;
  return [inParts(one, start, end), inParts(other, start, end)];
}

function inParts(text: string, start: number, end: number): ChangedText {
  const from = Math.max(0, start - contextChars);
  const to = Math.min(text.length, text.length - end + contextChars);
  return {
    before: (from > 0 ? '…' : '') + text.slice(from, start),
    changed: shortened(text.slice(start, text.length - end)),
    after: text.slice(text.length - end, to) + (to < text.length ? '…' : ''),
  };
}

/** The beginning of a very long line. */
export function shortened(text: string): string {
  if (text.length <= maxChars) return text;
  return `${text.slice(0, maxChars)}… ${(text.length - maxChars).toLocaleString('en')} more characters, see Raw`;
}
