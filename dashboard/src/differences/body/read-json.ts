import { type ContentIds, cutNote, type StoredNode, type StoredTree } from './stored-node.ts';

const maxDepth = 250;

/** What stands bare where a number was hidden. */
const value = /-?\d[\d.eE+-]*|true|false|null|‹redacted:[0-9a-f]{8}›/y;
const text = /"(?:[^"\\]|\\.)*"/y;
const space = /\s*/y;
/** A name that an object has several times is stored once, with all its values. */
const times = /<\d{1,9} times> /y;

/**
 * JSON as Ficus stores it. Undefined for what is none. Of what was cut, as much as is there: a number that is cut is
 * left out, a text is shown as far as it goes.
 */
export function readJson(stored: string, ids: ContentIds): StoredTree | undefined {
  const isCut = stored.endsWith(cutNote);
  const reader = new JsonReader(isCut ? stored.slice(0, -cutNote.length) : stored, ids, isCut);
  try {
    const top = reader.readDocument();
    return { ...(top && { root: top }), isCut };
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

class NotJson extends Error {}

class JsonReader {
  readonly #text: string;
  readonly #ids: ContentIds;
  readonly #isCut: boolean;
  #at = 0;

  constructor(stored: string, ids: ContentIds, isCut: boolean) {
    this.#text = stored;
    this.#ids = ids;
    this.#isCut = isCut;
  }

  readDocument(): StoredNode | undefined {
    const node = this.#readValue('', '', 0);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw new NotJson();
    return node;
  }

  /** Undefined where the cut left nothing of it. */
  #readValue(step: string, key: string, depth: number): StoredNode | undefined {
    this.#skipSpace();
    if (this.#isAtCut()) return undefined;
    if (depth > maxDepth) throw new NotJson();
    const many = this.#take(times) ?? '';
    const first = this.#text[this.#at];
    if (first === '{') return this.#readMembers(step, key, depth);
    if (first === '[') return this.#readElements(step, `${key}${many}`, depth);
    const written = first === '"' ? this.#takeText() : this.#take(value);
    if (written === undefined) throw new NotJson();
    if (first !== '"' && this.#isAtCut()) return undefined;
    const id = this.#ids.of(written);
    return { step, head: key + written, children: [], below: 'elements', sort: '', id, separator: '' };
  }

  #readMembers(step: string, key: string, depth: number): StoredNode {
    const children: StoredNode[] = [];
    this.#at++;
    for (const isFirst of this.#items('}')) {
      if (!isFirst) this.#expect(',');
      this.#skipSpace();
      if (this.#isAtCut()) break;
      const name = this.#text[this.#at] === '"' ? this.#takeText() : undefined;
      if (name === undefined) throw new NotJson();
      this.#skipSpace();
      if (this.#isAtCut()) break;
      this.#expect(':');
      const child = this.#readValue(nameIn(name), `${name}: `, depth + 1);
      if (child) children.push(child);
    }
    const content = children.map((child) => `${JSON.stringify(child.step)}:${child.id}`).sort();
    const id = this.#ids.of(`{${content.join()}}`);
    return this.#nested(step, key, ['{', '}'], children, 'members', id);
  }

  #readElements(step: string, key: string, depth: number): StoredNode {
    const children: StoredNode[] = [];
    this.#at++;
    for (const isFirst of this.#items(']')) {
      if (!isFirst) this.#expect(',');
      const child = this.#readValue(String(children.length), '', depth + 1);
      if (child) children.push(child);
    }
    const id = this.#ids.of(`[${children.map((child) => child.id).join()}]`);
    return this.#nested(step, key, ['[', ']'], children, 'elements', id);
  }

  #nested(
    step: string,
    key: string,
    [open, close]: readonly [string, string],
    children: readonly StoredNode[],
    below: StoredNode['below'],
    id: number,
  ): StoredNode {
    const sides =
      children.length === 0 ? { head: `${key}${open}${close}` } : { head: key + open, tail: close };
    return { step, ...sides, children, below, sort: '', id, separator: ',' };
  }

  /** Once for each item up to the bracket, or up to where the text was cut. */
  *#items(bracket: string): Generator<boolean> {
    for (let isFirst = true; ; isFirst = false) {
      this.#skipSpace();
      if (this.#isAtCut()) return;
      if (this.#text[this.#at] === bracket) {
        this.#at++;
        return;
      }
      yield isFirst;
    }
  }

  #takeText(): string | undefined {
    const whole = this.#take(text);
    if (whole !== undefined || !this.#isCut) return whole;
    const rest = this.#text.slice(this.#at);
    this.#at = this.#text.length;
    return `${rest}…`;
  }

  #isAtCut(): boolean {
    return this.#isCut && this.#at >= this.#text.length;
  }

  #skipSpace(): void {
    this.#take(space);
  }

  #expect(character: string): void {
    if (this.#text[this.#at] !== character) throw new NotJson();
    this.#at++;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}

function nameIn(written: string): string {
  try {
    return JSON.parse(written) as string;
  } catch {
    return written;
  }
}
