import { readFileSync } from 'node:fs';

export interface ProbeCase {
  readonly id: string;
  readonly scored: boolean;
  /** What Http11Probe wants, in its words; `http11probe-verdict.ts` understands them. */
  readonly expected: string;
  readonly what: string;
  readonly raw: string;
}

/** The 143 cases of the revision of Http11Probe that the public run of February 2026 was made with. */
export const probeCases: readonly ProbeCase[] = JSON.parse(
  readFileSync(new URL('./vectors/http11probe.json', import.meta.url), 'utf8'),
);

const host = 'Host: localhost:8080\r\n';

/** What the file could not hold: long requests in full length, and bytes beyond ASCII. Text is latin1. */
const rebuilt: Readonly<Record<string, string>> = {
  'MAL-BINARY-GARBAGE': dotnetRandomBytes(42, 256),
  'MAL-LONG-URL': `GET /${'A'.repeat(100_000)} HTTP/1.1\r\n${host}\r\n`,
  'MAL-LONG-HEADER-VALUE': `GET / HTTP/1.1\r\n${host}X-Big: ${'B'.repeat(100_000)}\r\n\r\n`,
  'MAL-MANY-HEADERS': `GET / HTTP/1.1\r\n${host}${Array.from({ length: 10_000 }, (_, i) => `X-H-${i}: value\r\n`).join('')}\r\n`,
  'MAL-LONG-HEADER-NAME': `GET / HTTP/1.1\r\n${host}${'A'.repeat(100_000)}: val\r\n\r\n`,
  'MAL-LONG-METHOD': `${'A'.repeat(100_000)} / HTTP/1.1\r\n${host}\r\n`,
  'MAL-CHUNK-EXT-64K': `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n5;ext=${'a'.repeat(65_536)}\r\nhello\r\n0\r\n\r\n`,
  'MAL-NON-ASCII-HEADER-NAME': `GET / HTTP/1.1\r\n${host}X-T\xc3\xabst: value\r\n\r\n`,
  'MAL-NON-ASCII-URL': `GET /caf\xc3\xa9 HTTP/1.1\r\n${host}\r\n`,
  'MAL-URL-OVERLONG-UTF8': `GET /\xc0\xaf HTTP/1.1\r\n${host}\r\n`,
  // Its source means BEL, BS and VT, but C# reads `\x0Bde` as one character, which became `?` in turn.
  'MAL-CONTROL-CHARS-HEADER': `GET / HTTP/1.1\r\n${host}X-Test: abc\x07\x08\x0bdef\r\n\r\n`,
};

/** The bytes of a case for a server at this authority, as latin1 text. */
export function bytesOf({ id, raw }: ProbeCase, authority: string): string {
  return (rebuilt[id] ?? raw).replaceAll('localhost:8080', authority);
}

/** What `new Random(seed).NextBytes` fills in: Knuth's subtractive generator, as .NET has it. */
function dotnetRandomBytes(seed: number, count: number): string {
  const big = 0x7fffffff;
  const state = new Array<number>(56).fill(0);
  let last = 161_803_398 - seed;
  state[55] = last;
  let next = 1;
  for (let i = 1; i < 55; i++) {
    const at = (21 * i) % 55;
    state[at] = next;
    next = last - next;
    if (next < 0) next += big;
    last = state[at]!;
  }
  for (let round = 1; round < 5; round++) {
    for (let i = 1; i < 56; i++) {
      state[i] = (state[i]! - state[1 + ((i + 30) % 55)]!) | 0;
      if (state[i]! < 0) state[i]! += big;
    }
  }
  let text = '';
  for (let i = 0, a = 0, b = 21; i < count; i++) {
    a = a === 55 ? 1 : a + 1;
    b = b === 55 ? 1 : b + 1;
    let value = state[a]! - state[b]!;
    if (value === big) value--;
    if (value < 0) value += big;
    state[a] = value;
    text += String.fromCharCode(value & 0xff);
  }
  return text;
}
