import { trimOws } from './trim-ows.ts';

/** The field lines of a head as they were written, taken apart only where somebody asks: most merely pass. */
export class HeaderFields {
  /** Each line behind its CRLF; empty when there are none. Latin1, one character a byte. */
  readonly text: string;
  #flat: readonly string[] | undefined;

  /** `text` is well-formed: names are tokens, values have no control characters. */
  constructor(text: string) {
    this.text = text;
  }

  /** Of a head that came in another form. */
  static of(flat: readonly string[]): HeaderFields {
    let text = '';
    for (let i = 0; i < flat.length; i += 2) text += `\r\n${flat[i]}: ${flat[i + 1]}`;
    return new HeaderFields(text);
  }

  /** Flat name, value list in order and case; values without the white space around them. */
  get flat(): readonly string[] {
    this.#flat ??= flatten(this.text);
    return this.#flat;
  }

  /**
   * A field's value by its lower-case name. Several Cookie fields are one (RFC 9113, 8.2.3); several others that
   * differ are none, since upstreams don't agree on which of them counts.
   */
  value(lowerName: string): string | undefined {
    const { text } = this;
    let found: string | undefined;
    for (let start = 2; start < text.length; ) {
      const colon = text.indexOf(':', start);
      const end = lineEndOf(text, colon);
      if (colon - start === lowerName.length && text.slice(start, colon).toLowerCase() === lowerName) {
        const value = trimOws(text, colon + 1, end);
        if (found === undefined) found = value;
        else if (lowerName === 'cookie') found += `; ${value}`;
        else if (found !== value) return undefined;
      }
      start = end + 2;
    }
    return found;
  }
}

/** Where the line that `from` lies in ends. */
export function lineEndOf(text: string, from: number): number {
  const end = text.indexOf('\r\n', from);
  return end < 0 ? text.length : end;
}

function flatten(text: string): readonly string[] {
  const flat: string[] = [];
  for (let start = 2; start < text.length; ) {
    const colon = text.indexOf(':', start);
    const end = lineEndOf(text, colon);
    flat.push(text.slice(start, colon), trimOws(text, colon + 1, end));
    start = end + 2;
  }
  return flat;
}
