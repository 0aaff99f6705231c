import { numberEnd } from './json-bytes.ts';
import { JsonNumber, type JsonValue } from './json-value.ts';

const quote = 0x22;
const minus = 0x2d;

/** Numbers, and texts without escapes: what differs mostly is one of these. */
export function readScalar(body: Buffer, from: number, to: number): JsonValue | undefined {
  const first = body[from]!;
  if (first === quote) {
    const text = body.toString('utf8', from + 1, to - 1);
    return text.includes('\\') ? undefined : text;
  }
  const isNumber = first === minus || (first >= 0x30 && first <= 0x39);
  if (!isNumber || numberEnd(body, from) !== to) return undefined;
  return new JsonNumber(body.toString('latin1', from, to));
}
