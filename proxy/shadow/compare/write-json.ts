import { JsonNumber, type JsonValue, kindOf, RepeatedMember } from './json-value.ts';

/** JSON notation of a value for people: indented by two spaces or on one line. Stops after `maxChars`, so there may be a bit more. */
export function writeJson(value: JsonValue, layout: 'line' | 'indented', maxChars: number): string {
  const writer = new JsonWriter(layout === 'indented', maxChars);
  writer.write(value, 0);
  return writer.text;
}

class JsonWriter {
  text = '';
  readonly #indented: boolean;
  readonly #maxChars: number;

  constructor(indented: boolean, maxChars: number) {
    this.#indented = indented;
    this.#maxChars = maxChars;
  }

  write(value: JsonValue, level: number): void {
    if (this.text.length > this.#maxChars) return;
    if (typeof value === 'string') this.text += this.#quoted(value);
    else if (value instanceof JsonNumber) this.text += value.text.slice(0, this.#maxChars + 1);
    else if (value instanceof RepeatedMember) this.#writeRepeated(value, level);
    else if (value instanceof Map) this.#writeMembers(value, level);
    else if (kindOf(value) === 'array') this.#writeElements(value as readonly JsonValue[], level);
    else this.text += String(value);
  }

  #writeMembers(members: ReadonlyMap<string, JsonValue>, level: number): void {
    this.text += '{';
    let first = true;
    for (const [key, value] of members) {
      this.#startItem(first, level + 1);
      first = false;
      this.text += `${this.#quoted(key)}:${this.#indented ? ' ' : ''}`;
      this.write(value, level + 1);
      if (this.text.length > this.#maxChars) return;
    }
    this.#end('}', first, level);
  }

  #writeElements(elements: readonly JsonValue[], level: number): void {
    this.text += '[';
    let first = true;
    for (const element of elements) {
      this.#startItem(first, level + 1);
      first = false;
      this.write(element, level + 1);
      if (this.text.length > this.#maxChars) return;
    }
    this.#end(']', first, level);
  }

  #writeRepeated(repeated: RepeatedMember, level: number): void {
    this.text += `<${repeated.values.length} times> `;
    this.#writeElements(repeated.values, level);
  }

  #startItem(first: boolean, level: number): void {
    if (!first) this.text += ',';
    if (this.#indented) this.text += `\n${'  '.repeat(level)}`;
  }

  #end(bracket: string, empty: boolean, level: number): void {
    if (!empty && this.#indented) this.text += `\n${'  '.repeat(level)}`;
    this.text += bracket;
  }

  #quoted(text: string): string {
    return JSON.stringify(text.length > this.#maxChars ? text.slice(0, this.#maxChars) : text);
  }
}
