/** Control characters but tab and line ends, and the characters that reorder or break lines where texts are shown. */
const unprintable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
/** Most texts, at a glance. */
const plain = /^[ -~]*$/;
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * The text with such characters as `\u001b`: a terminal or a page that shows it is not steered by it, and
 * Postgres, which refuses NUL and lone surrogates, can store it.
 */
export function printable(text: string): string {
  if (plain.test(text)) return text;
  const wellFormed = text.isWellFormed() ? text : text.replace(loneSurrogate, escaped);
  return wellFormed.replace(unprintable, escaped);
}

/** The same for texts of one line: tab and line ends are escaped as well. */
export function printableLine(text: string): string {
  if (plain.test(text)) return text;
  return printable(text).replace(/[\t\n\r]/g, (character) => lineEscapes[character] ?? escaped(character));
}

const lineEscapes: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** At most `maxChars` characters of `text`, and a note where it was cut. */
export function shortened(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  return `${text.slice(0, maxChars)}… <cut>`;
}
