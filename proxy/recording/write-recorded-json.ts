import { JsonNumber, type JsonValue, RepeatedMember } from '../shadow/compare/json-value.ts';

/**
 * JSON that says what the value said: numbers digit by digit, a repeated key repeated. A hidden number becomes
 * a text, since `‹redacted:…›` is none. Recursion is as deep as the parser's limit on depth.
 */
export function writeRecordedJson(value: JsonValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof JsonNumber) return /^[\d-]/.test(value.text) ? value.text : JSON.stringify(value.text);
  if (value instanceof Map) return `{${[...value].flatMap(writeMember).join()}}`;
  if (value instanceof RepeatedMember) return writeRecordedJson(value.values.at(-1) ?? null);
  if (Array.isArray(value)) return `[${value.map(writeRecordedJson).join()}]`;
  return String(value);
}

function writeMember([key, value]: [string, JsonValue]): string[] {
  const values = value instanceof RepeatedMember ? value.values : [value];
  return values.map((each) => `${JSON.stringify(key)}:${writeRecordedJson(each)}`);
}
