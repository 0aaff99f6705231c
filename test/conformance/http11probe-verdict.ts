/** How a client saw a request end: with an answer, or without one. */
export interface SeenByClient {
  /** Status of the final answer, when there was one. */
  readonly status: number | undefined;
  /** How the connection stood afterwards. */
  readonly connection: 'open' | 'closed' | 'reset';
}

export type Verdict = 'Pass' | 'Warn' | 'Fail';

interface Rule {
  readonly pass: readonly Meaning[];
  readonly warn?: readonly Meaning[];
}
/** A status, a class of them, an end without an answer, or nothing at all for a while. */
type Meaning = number | '2xx' | '2xx-4xx' | 'any but 101' | 'close' | 'timeout';

/**
 * Http11Probe's validators, by the words that its vectors describe them with. Those words are sometimes
 * stricter than its code (which lets a timeout pass for "400 or close"); the words count here.
 */
const rules: Readonly<Record<string, Rule>> = {
  '2xx': { pass: ['2xx'] },
  '2xx or close': { pass: ['2xx', 'close'] },
  '2xx or 400': { pass: ['2xx', 400, 'close'] },
  '!101': { pass: ['any but 101', 'close'] },
  '400': { pass: [400] },
  '400 or close': { pass: [400, 'close'] },
  '400 or close (pass), 2xx (warn)': { pass: [400, 'close'], warn: ['2xx'] },
  '400 or 2xx': { pass: [400, 'close'], warn: ['2xx'] },
  '400 or 2xx/404': { pass: [400, 'close'], warn: ['2xx-4xx'] },
  '400/505 or close': { pass: [400, 505, 'close'] },
  '400/501 or close': { pass: [400, 501, 'close'] },
  '400/405/501 or close': { pass: [400, 405, 501, 'close'] },
  '400/405/501 or 2xx': { pass: [400, 405, 501, 'close'], warn: ['2xx'] },
  '400/405 or 200': { pass: [400, 405, 501, 'close'], warn: ['2xx'] },
  '400/431 or close': { pass: [400, 431, 'close'] },
  '400/414/431 or close': { pass: [400, 414, 431, 'close'] },
  '400/close/timeout': { pass: [400, 'close', 'timeout'] },
  '400/505/close/timeout': { pass: [400, 505, 'close', 'timeout'] },
  '405/501 or 2xx': { pass: [405, 501, 'close'], warn: ['2xx'] },
  '417 or 2xx': { pass: [417, 'close'], warn: ['2xx'] },
  '426 or 2xx': { pass: [426, 'close'], warn: ['2xx'] },
  '200 or 400': { pass: [400, 'close'], warn: ['2xx'] },
  '200 or 505': { pass: ['close'], warn: ['2xx', 505] },
  '200/206/400/416': { pass: ['close'], warn: [200, 206, 400, 416, 431] },
};

/** The two cases whose validator says more than its words. */
const special: Readonly<Record<string, Rule>> = {
  'MAL-CHUNK-EXT-64K': { pass: [400, 431, 'close'], warn: ['2xx'] },
  'COMP-GET-WITH-CL-BODY': { pass: [400, 'close'], warn: ['2xx-4xx'] },
};

export function verdictOf(id: string, expected: string, seen: SeenByClient): Verdict {
  if (expected === '2xx + close') {
    if (!fits('2xx', seen)) return 'Fail';
    if (seen.connection !== 'open') return 'Pass';
    return id === 'COMP-HTTP10-DEFAULT-CLOSE' ? 'Warn' : 'Fail';
  }
  const rule = special[id] ?? rules[expected];
  if (!rule) throw new Error(`${id} expects "${expected}", for which there is no rule`);
  if (rule.pass.some((meaning) => fits(meaning, seen))) return 'Pass';
  return rule.warn?.some((meaning) => fits(meaning, seen)) ? 'Warn' : 'Fail';
}

/** Whether silence is a pass, so that nobody needs to wait long for it to end. */
export function allowsSilence(expected: string): boolean {
  return rules[expected]?.pass.includes('timeout') ?? false;
}

function fits(meaning: Meaning, { status, connection }: SeenByClient): boolean {
  if (meaning === 'close') return status === undefined && connection !== 'open';
  if (meaning === 'timeout') return status === undefined && connection === 'open';
  if (status === undefined) return false;
  if (meaning === '2xx') return status >= 200 && status < 300;
  if (meaning === '2xx-4xx') return status >= 200 && status < 500;
  if (meaning === 'any but 101') return status !== 101;
  return status === meaning;
}
