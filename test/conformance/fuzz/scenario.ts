import { readStrictly, type StrictRequest } from '../strict-requests.ts';
import { goodRequest } from './grammar.ts';
import { mutate, mutateMildly, splice } from './mutations.ts';
import { Random } from './random.ts';

/** What one client sends on one connection, as its seed and number say. */
export interface Scenario {
  readonly index: number;
  readonly bytes: Buffer;
  /** Requests that the bytes were made of. */
  readonly count: number;
  /** Where the bytes are cut into several packets. */
  readonly cuts: readonly number[];
  readonly isMutated: boolean;
  /** All that may ever reach an upstream: the requests before the first byte that RFC 9112 does not allow. */
  readonly allowed: readonly StrictRequest[];
  /** An address of its own, by which its requests are known at the upstream. */
  readonly address: string;
}

/** Pipelined on one connection. */
const MAX_REQUESTS = 10;

export function makeScenario(seed: number, index: number): Scenario {
  const random = new Random(seed, index);
  const isMutated = random.chance(0.95);
  let text = '';
  const count = 1 + random.below(MAX_REQUESTS);
  for (let i = 0; i < count; i++) {
    const good = goodRequest(random, `${index}-${i}`);
    if (!isMutated) text += good;
    else if (random.chance(0.6)) text += mutateMildly(good, random);
    else if (random.chance(0.1)) text += splice(good, goodRequest(random, `${index}-${i}s`), random);
    else text += mutate(good, random);
  }
  // If the proxy still knows where it is in the stream, this ends the connection; if not, it is swallowed.
  text += `GET /f/${index}-end HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n`;
  const bytes = Buffer.from(text, 'latin1');
  const cuts = random.chance(0.5)
    ? []
    : [random.below(bytes.length), random.below(bytes.length)].sort((a, b) => a - b);
  return {
    index,
    bytes,
    count: count + 1,
    cuts,
    isMutated,
    allowed: allowedOf(bytes),
    address: addressOf(index),
  };
}

function allowedOf(bytes: Buffer): StrictRequest[] {
  const allowed: StrictRequest[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const reading = readStrictly(rest, 'client');
    if (reading === 'incomplete' || 'problem' in reading) break;
    allowed.push(reading.request);
    rest = rest.subarray(reading.length);
  }
  return allowed;
}

/** Linux takes all of 127.0.0.0/8 for loopback. */
function addressOf(index: number): string {
  const number = index % (250 * 65_536);
  return `127.${1 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
}

/** Why what reached the upstream from this connection may not have, or undefined. */
export function forbiddenIn(scenario: Scenario, forwarded: readonly StrictRequest[]): string | undefined {
  let at = 0;
  for (const request of forwarded) {
    while (at < scenario.allowed.length && !isSame(scenario.allowed[at]!, request)) at++;
    if (at === scenario.allowed.length)
      return `${shown(request)} reached the upstream; allowed: ${scenario.allowed.map(shown).join(', ')}`;
    const strange = fieldNotOf(scenario.allowed[at]!, request);
    if (strange) return `${shown(request)} reached the upstream with ${strange}`;
    at++;
  }
  return undefined;
}

function isSame(sent: StrictRequest, got: StrictRequest): boolean {
  return sent.method === got.method && sent.target === got.target && sent.body.equals(got.body);
}

const ours = new Set([
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'forwarded',
  'x-request-id',
  'traceparent',
]);

/** A field that the client did not send so. */
function fieldNotOf(sent: StrictRequest, got: StrictRequest): string | undefined {
  for (const [name, value] of got.fields) {
    const lower = name.toLowerCase();
    if (ours.has(lower)) continue;
    // What said that it was a copy is told not to be copied again.
    if (lower === 'ficus-no-copy' && sent.fields.some(([other]) => /^ficus.shadow$/i.test(other))) continue;
    // For clients that read trailers we say so ourselves, to our next hop.
    if (lower === 'connection' && value === 'TE') continue;
    if (lower === 'te' && value === 'trailers') continue;
    // An old client need not say a Host; the upstream needs one.
    if (lower === 'host' && !sent.fields.some(([other]) => other.toLowerCase() === 'host')) continue;
    if (
      !sent.fields.some(
        ([other, said]) => other.toLowerCase() === lower && said.toLowerCase() === value.toLowerCase(),
      )
    )
      return `${name}: ${value}`;
  }
  return undefined;
}

function shown({ method, target, body }: StrictRequest): string {
  return `${method} ${target.slice(0, 100)} (${body.length} bytes)`;
}
