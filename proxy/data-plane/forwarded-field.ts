/** The Forwarded field of RFC 7239, read strictly and written. */

export interface ForwardedElement {
  /** Value of `for`; empty when there is none. */
  readonly node: string;
  readonly host: string;
  readonly proto: string;
  /** The whole element as it was received. */
  readonly text: string;
}

/** token, or quoted-string with its escapes (RFC 9110, 5.6); the two begin differently, so this is linear. */
const pairPattern = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(?:([!#$%&'*+\-.^_`|~0-9A-Za-z]+)|"((?:[^"\\]|\\.)*)")/y;

/** Elements of the last lines, in order, back to one that breaks the rules. */
export function readForwarded(lines: readonly string[]): ForwardedElement[] {
  let elements: ForwardedElement[] = [];
  for (let i = lines.length - 1; i >= 0; i--) {
    const ofLine = readLine(lines[i]!);
    if (ofLine === undefined) break;
    elements = [...ofLine, ...elements];
  }
  return elements;
}

/** `undefined` for a line that breaks the rules. */
function readLine(line: string): ForwardedElement[] | undefined {
  const elements: ForwardedElement[] = [];
  let at = skipSpace(line, 0);
  while (at < line.length) {
    const start = at;
    const pairs = new Map<string, string>();
    for (;;) {
      pairPattern.lastIndex = at;
      const pair = pairPattern.exec(line);
      if (!pair) return undefined;
      const name = pair[1]!.toLowerCase();
      if (pairs.has(name)) return undefined;
      pairs.set(name, pair[2] ?? pair[3]!.replace(/\\(.)/g, '$1'));
      at = pairPattern.lastIndex;
      if (line[at] !== ';') break;
      at++;
    }
    elements.push({
      node: pairs.get('for') ?? '',
      host: pairs.get('host') ?? '',
      proto: pairs.get('proto') ?? '',
      text: line.slice(start, at),
    });
    at = skipSpace(line, at);
    if (at === line.length) break;
    if (line[at] !== ',') return undefined;
    at = skipSpace(line, at + 1);
    if (at === line.length) return undefined;
  }
  return elements;
}

function skipSpace(line: string, from: number): number {
  let at = from;
  while (line[at] === ' ' || line[at] === '\t') at++;
  return at;
}

/** RFC 7239, 6: an IPv6 address stands in brackets, and what is no token in quotes. */
export function writeNode(address: string): string {
  return address.includes(':') ? `"[${address}]"` : address;
}

/** `node` as `writeNode` gives it; `host` without quote and backslash, so that there is nothing to escape. */
export function forwardedElement(parts: { node: string; host?: string; proto?: string }): string {
  const { node, host = '', proto = '' } = parts;
  return `for=${node}${host === '' ? '' : `;host="${host}"`}${proto === '' ? '' : `;proto=${proto}`}`;
}
