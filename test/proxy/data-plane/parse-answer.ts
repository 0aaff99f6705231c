import assert from 'node:assert/strict';
import type { ResponseHead } from '../../../proxy/data-plane/response-head.ts';
import { ResponseParser } from '../../../proxy/data-plane/response-parser.ts';

/** What a parser made of an answer; body pieces joined, so that it is the same however the bytes came. */
export interface Outcome {
  interim: number[];
  status?: number;
  reason?: string;
  headers?: readonly string[];
  framing?: ResponseHead['framing'];
  reusable?: boolean;
  body: string;
  isComplete: boolean;
  problem?: string;
}

export type Split = (bytes: Buffer) => Buffer[];

export const whole: Split = (bytes) => [bytes];
const byteByByte: Split = (bytes) => Array.from(bytes, (byte) => Buffer.of(byte));

/** Parses one answer, fed in pieces, followed by the end of the connection when `ends`. */
export function parse(answer: string, split: Split, method = 'GET', ends = false): Outcome {
  const outcome: Outcome = { interim: [], body: '', isComplete: false };
  const complete = (): void => {
    assert.equal(outcome.isComplete, false, 'an answer ends once');
    outcome.isComplete = true;
  };
  const parser = new ResponseParser({
    onInformation: (head) => outcome.interim.push(head.status),
    onHead({ status, reason, headers, framing, reusable }) {
      Object.assign(outcome, { status, reason, headers, framing, reusable });
    },
    onBody(chunk, last) {
      assert.ok(chunk.length > 0, 'no empty body pieces');
      outcome.body += chunk.toString('latin1');
      if (last) complete();
    },
    onEnd: complete,
  });
  parser.begin(method);
  for (const piece of split(Buffer.from(answer, 'latin1'))) {
    const problem = parser.execute(piece);
    if (problem === undefined) continue;
    outcome.problem = problem;
    return outcome;
  }
  const problem = ends ? parser.finish() : undefined;
  if (problem !== undefined) outcome.problem = problem;
  assert.equal(parser.complete, outcome.isComplete);
  return outcome;
}

/** The same whole, byte by byte, and cut in two at every place. */
export function parseAnyWay(answer: string, method = 'GET', ends = false): Outcome {
  const outcome = parse(answer, whole, method, ends);
  assert.deepEqual(parse(answer, byteByByte, method, ends), outcome, 'byte by byte as whole');
  for (let at = 1; at < Math.min(answer.length, 300); at++) {
    const cut: Split = (bytes) => [bytes.subarray(0, at), bytes.subarray(at)];
    assert.deepEqual(parse(answer, cut, method, ends), outcome, `cut at ${at} as whole`);
  }
  return outcome;
}

export const ok = 'HTTP/1.1 200 OK\r\n';
export const sized = `${ok}Content-Length: 5\r\n\r\nhello`;
export const chunked = `${ok}Transfer-Encoding: chunked\r\n\r\n`;
