import { isUtf8 } from 'node:buffer';
import type { CompleteAnswer } from '../pair.ts';
import type { RulesHere } from './compiled-rules.ts';
import { decodeBody } from './decode-body.ts';
import type { DifferenceList } from './differences.ts';
import { firstValue, headerValues, listValue } from './headers.ts';
import { JsonLockstep } from './json-lockstep.ts';
import type { CompareLimits } from './limits.ts';
import { isJsonType, parseMediaType } from './media-type.ts';

/**
 * Compares two JSON bodies without reading what is the same in both. False where that can't be done: then
 * nothing is decided, and they are to be read as a whole; `differences` is of no use in that case.
 */
export function compareJsonBytes(
  monolith: CompleteAnswer,
  service: CompleteAnswer,
  rules: RulesHere,
  differences: DifferenceList,
  limits: CompareLimits,
): boolean {
  const [one, other] = [jsonBytes(monolith, limits), jsonBytes(service, limits)];
  if (one === undefined || other === undefined) return false;
  return new JsonLockstep(one, other, rules, differences, limits).compare();
}

/** The decoded bytes of an answer that says to be JSON, and may be. */
function jsonBytes({ headers, body }: CompleteAnswer, limits: CompareLimits): Buffer | undefined {
  if (!isJsonType(parseMediaType(firstValue(headers, 'content-type') ?? ''))) return undefined;
  const encoding = firstValue(headers, 'content-encoding');
  // Two lines of encodings are two layers.
  const decoded = decodeBody(body, encoding === undefined ? '' : encodingsOf(headers), limits);
  if (!decoded.ok || decoded.bytes.byteLength === 0 || !isUtf8(decoded.bytes)) return undefined;
  if (Buffer.isBuffer(decoded.bytes)) return decoded.bytes;
  const { buffer, byteOffset, byteLength } = decoded.bytes;
  return Buffer.from(buffer, byteOffset, byteLength);
}

function encodingsOf(headers: readonly string[]): string {
  return listValue(headerValues(headers).get('content-encoding') ?? []);
}
