/** Something wrong in routes.yaml, and where. */
export interface Problem {
  /** As it was asked for: `routes.yaml`. */
  readonly file: string;
  /** From 1; 1:1 when the file as a whole is meant. */
  readonly line: number;
  readonly column: number;
  /** `migrations.billing.routes[2]`; empty for the file as a whole. */
  readonly path: string;
  /** Follows the path as a sentence does: `"biling" is not an upstream`. */
  readonly message: string;
}

/** Names and indexes from the top of the file down. */
export type Path = readonly (string | number)[];

/** Takes down a problem at the value at `path`, or at its name. */
export type Report = (path: Path, message: string, part?: 'name' | 'value') => void;

/** What reading a small text gives: its meaning, or what is wrong with it. */
export type Reading<T> = { readonly value: T } | { readonly problem: string };

/** `routes.yaml:14:9 migrations.billing.service "biling" is not an upstream` */
export function formatProblem({ file, line, column, path, message }: Problem): string {
  return printable(`${file}:${line}:${column} ${path === '' ? '' : `${path} `}${message}`);
}

export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${quote(step)}]`;
  }
  return text;
}

/** Characters that could move a terminal's cursor or turn its text around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

export const printable = (text: string): string =>
  text.replace(unprintable, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

const maxQuotedLength = 120;

/** A value as JSON, shortened, with nothing in it that a terminal would obey. */
export function quote(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  const short = text.length > maxQuotedLength ? `${text.slice(0, maxQuotedLength)}…` : text;
  return printable(short);
}
