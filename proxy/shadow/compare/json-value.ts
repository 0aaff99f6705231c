/**
 * JSON as it was sent, not as JavaScript would have it: numbers keep every digit, an object keeps each
 * of its keys as data (`__proto__` too), and a key given twice keeps both values.
 */
export type JsonValue = null | boolean | string | JsonNumber | JsonArray | JsonObject | RepeatedMember;
export type JsonArray = readonly JsonValue[];
export type JsonObject = ReadonlyMap<string, JsonValue>;

/** A number by its text; a redacted one has the redaction as its text and stays a number to the comparison. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Stands for the value of a key that an object has more than once. */
export class RepeatedMember {
  readonly values: readonly JsonValue[];
  constructor(values: readonly JsonValue[]) {
    this.values = values;
  }
}

export type JsonKind = 'null' | 'boolean' | 'string' | 'number' | 'array' | 'object' | 'repeated';

export function kindOf(value: JsonValue): JsonKind {
  if (typeof value === 'string') return 'string';
  if (value instanceof JsonNumber) return 'number';
  if (value instanceof Map) return 'object';
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  return typeof value === 'boolean' ? 'boolean' : 'repeated';
}
