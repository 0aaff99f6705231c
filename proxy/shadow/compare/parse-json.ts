import { type JsonArray, JsonNumber, type JsonObject, type JsonValue, RepeatedMember } from './json-value.ts';

export interface JsonLimits {
  readonly maxDepth: number;
  readonly maxNodes: number;
}

export type ParsedJson =
  | { readonly ok: true; readonly value: JsonValue }
  /** `not-json` breaks RFC 8259; `over-limit` may be JSON, but is not looked at. No detail quotes the text. */
  | { readonly ok: false; readonly problem: 'not-json' | 'over-limit'; readonly detail: string };

/**
 * Parses all of `text`, strictly by RFC 8259. Never throws, whatever the text; recursion ends at `maxDepth`.
 * `onRead` is told how many values there were.
 */
export function parseJson(text: string, limits: JsonLimits, onRead?: (nodes: number) => void): ParsedJson {
  try {
    const reader = new JsonReader(text, limits);
    const value = reader.readAll();
    onRead?.(reader.nodes);
    return { ok: true, value };
  } catch (error) {
    if (error instanceof JsonProblem) return { ok: false, problem: error.problem, detail: error.message };
    throw error;
  }
}

class JsonProblem extends Error {
  readonly problem: 'not-json' | 'over-limit';
  constructor(problem: 'not-json' | 'over-limit', message: string) {
    super(message);
    this.problem = problem;
  }
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

const numberAt = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const hexAt = /[0-9a-fA-F]{4}/y;
const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

class JsonReader {
  readonly #text: string;
  readonly #limits: JsonLimits;
  #at = 0;
  #nodes = 0;

  constructor(text: string, limits: JsonLimits) {
    this.#text = text;
    this.#limits = limits;
  }

  get nodes(): number {
    return this.#nodes;
  }

  readAll(): JsonValue {
    const value = this.#readValue(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#broken('more text after the value');
    return value;
  }

  #readValue(depth: number): JsonValue {
    if (++this.#nodes > this.#limits.maxNodes) {
      throw new JsonProblem('over-limit', `too large: over ${this.#limits.maxNodes} JSON values`);
    }
    this.#skipSpace();
    switch (this.#text.charCodeAt(this.#at)) {
      case quote:
        return this.#readString();
      case openBrace:
        return this.#readObject(this.#deeper(depth));
      case openBracket:
        return this.#readArray(this.#deeper(depth));
      case 0x74:
        return this.#readWord('true', true);
      case 0x66:
        return this.#readWord('false', false);
      case 0x6e:
        return this.#readWord('null', null);
      default:
        return this.#readNumber();
    }
  }

  #deeper(depth: number): number {
    if (depth < this.#limits.maxDepth) return depth + 1;
    throw new JsonProblem('over-limit', `too deep: over ${this.#limits.maxDepth} levels of JSON`);
  }

  #readObject(depth: number): JsonObject {
    const members = new Map<string, JsonValue>();
    let repeated: Map<string, JsonValue[]> | undefined;
    this.#at++;
    if (this.#skipTo(closeBrace)) return members;
    for (;;) {
      this.#skipSpace();
      if (this.#text.charCodeAt(this.#at) !== quote) throw this.#broken('a key is expected');
      const key = this.#readString();
      if (!this.#skipTo(colon)) throw this.#broken('":" is expected');
      const value = this.#readValue(depth);
      if (members.has(key)) {
        repeated ??= new Map();
        const values = repeated.get(key) ?? [members.get(key) as JsonValue];
        repeated.set(key, values);
        values.push(value);
      } else {
        members.set(key, value);
      }
      if (this.#skipTo(comma)) continue;
      if (!this.#skipTo(closeBrace)) throw this.#broken('"," or "}" is expected');
      for (const [key, values] of repeated ?? []) members.set(key, new RepeatedMember(values));
      return members;
    }
  }

  #readArray(depth: number): JsonArray {
    const elements: JsonValue[] = [];
    this.#at++;
    if (this.#skipTo(closeBracket)) return elements;
    for (;;) {
      elements.push(this.#readValue(depth));
      if (this.#skipTo(comma)) continue;
      if (!this.#skipTo(closeBracket)) throw this.#broken('"," or "]" is expected');
      return elements;
    }
  }

  #readString(): string {
    const text = this.#text;
    const from = ++this.#at;
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === quote) {
        this.#at = at + 1;
        return text.slice(from, at);
      }
      if (code === backslash) return this.#readEscaped(from, at);
      if (code < 0x20) {
        this.#at = at;
        throw this.#broken('a control character in a string');
      }
    }
    throw this.#broken('a string does not end');
  }

  /** The rest of a string from its first backslash on. */
  #readEscaped(from: number, firstEscape: number): string {
    const text = this.#text;
    const parts = [text.slice(from, firstEscape)];
    this.#at = firstEscape;
    for (;;) {
      const start = this.#at;
      let at = start;
      let code = text.charCodeAt(at);
      while (code >= 0x20 && code !== quote && code !== backslash) code = text.charCodeAt(++at);
      parts.push(text.slice(start, at));
      this.#at = at;
      if (code === quote) {
        this.#at++;
        return parts.join('');
      }
      // At the end of the text charCodeAt gives NaN.
      if (code !== backslash) throw this.#broken('a string does not end');
      parts.push(this.#readEscape());
    }
  }

  #readEscape(): string {
    const letter = this.#text[this.#at + 1] ?? '';
    const plain = escapes.get(letter);
    if (plain !== undefined) {
      this.#at += 2;
      return plain;
    }
    hexAt.lastIndex = this.#at + 2;
    const hex = letter === 'u' ? hexAt.exec(this.#text)?.[0] : undefined;
    if (hex === undefined) throw this.#broken('an unknown escape in a string');
    this.#at += 6;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  #readNumber(): JsonNumber {
    numberAt.lastIndex = this.#at;
    const text = numberAt.exec(this.#text)?.[0];
    if (text === undefined) throw this.#broken('a value is expected');
    this.#at += text.length;
    return new JsonNumber(text);
  }

  #readWord<Value>(word: string, value: Value): Value {
    if (!this.#text.startsWith(word, this.#at)) throw this.#broken('a value is expected');
    this.#at += word.length;
    return value;
  }

  #skipTo(code: number): boolean {
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #broken(what: string): JsonProblem {
    const before = this.#text.slice(0, this.#at);
    const line = before.split('\n').length;
    const column = this.#at - before.lastIndexOf('\n');
    return new JsonProblem('not-json', `line ${line}, column ${column}: ${what}`);
  }
}
