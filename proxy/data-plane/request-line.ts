import type { FailureCode } from './failures.ts';
import { HeaderFields } from './header-fields.ts';

/** A request's head as it was written, once it is known to be well-formed. */
export interface RawHead {
  readonly method: string;
  readonly target: string;
  readonly minorVersion: 0 | 1;
  readonly fields: HeaderFields;
}

/** Why a head is refused. `detail` is a sentence for the client. */
export interface MalformedHead {
  readonly code: FailureCode;
  readonly detail: string;
}

/** RFC 9112, 3: one space, one space. Methods in upper case: a server that folds case reads `get` as GET. */
const requestLinePattern = /^[A-Z][A-Z0-9_-]{0,31} [\x21-\x7e]+ HTTP\/1\.[01]$/;

/**
 * The same with the field lines behind it: CRLF only, no obs-fold, no space before the colon, no control
 * characters. Linear: its classes don't overlap.
 */
const headPattern =
  /^([A-Z][A-Z0-9_-]{0,31}) ([\x21-\x7e]+) HTTP\/1\.([01])((?:\r\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*)*)$/;

/** The parts one by one, for a head that comes in another form. */
export const methodPattern = /^[A-Z][A-Z0-9_-]{0,31}$/;
export const targetPattern = /^[\x21-\x7e]+$/;
export const fieldNamePattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
export const fieldValuePattern = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Parses a head without its final empty line (latin1, one character a byte). */
export function parseRequestHead(text: string): RawHead | MalformedHead {
  const match = headPattern.exec(text);
  if (!match) return whatIsWrong(text);
  return {
    method: match[1]!,
    target: match[2]!,
    minorVersion: match[3] === '1' ? 1 : 0,
    fields: new HeaderFields(match[4]!),
  };
}

function whatIsWrong(text: string): MalformedHead {
  const [first = '', ...lines] = text.split('\r\n');
  if (!requestLinePattern.test(first)) return aboutRequestLine(first);
  const at = lines.findIndex((line) => !/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/.test(line));
  return { code: 'bad_request', detail: `Line ${at + 2} of the request head is malformed.` };
}

function aboutRequestLine(line: string): MalformedHead {
  if (/^[A-Z][A-Z0-9_-]{0,31} [!-~]+ HTTP\/\d\.\d$/.test(line)) {
    return { code: 'version_unknown', detail: 'The versions spoken are HTTP/1.0 and HTTP/1.1.' };
  }
  return { code: 'bad_request', detail: 'The request line is malformed.' };
}

/**
 * Whether what has come of a head can't become one: a client that does not speak HTTP is told at once.
 * `text` is a part of it that begins at its start or with a byte that was looked at before.
 */
export function isHopeless(text: string, isStart: boolean): boolean {
  return /[^\t\r\n\x20-\x7e\x80-\xff]|[^\r]\n|\r[^\n]/.test(text) || (isStart && text.startsWith('\n'));
}

/** Whether a request line is well-formed, or its first bytes may still become one. */
export function isRequestLineStart(text: string, isWhole: boolean): boolean {
  if (isWhole) return requestLinePattern.test(text);
  return /^(?:[A-Z][A-Z0-9_-]{0,31}(?: |$)|\r?$)/.test(text);
}
