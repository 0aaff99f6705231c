import { readdirSync, readFileSync } from 'node:fs';

export interface LlhttpCase {
  /** File and title, which makes it unique. */
  readonly id: string;
  /** For a lenient parser only: a strict one has no use for what follows. */
  readonly isLenient: boolean;
  /** What it answers. */
  readonly method: 'GET' | 'HEAD';
  /** What an upstream sends, as latin1 text. */
  readonly bytes: string;
  /** What llhttp makes of the final answer; `until end` lasts as long as the connection, `cut` would need more. */
  readonly result: 'complete' | 'until end' | 'cut' | 'error';
  readonly status: number | undefined;
  readonly body: string;
  /** Bytes follow the answer. */
  readonly hasMore: boolean;
}

/** All response cases of llhttp, in the order of its files. */
export function llhttpResponses(): LlhttpCase[] {
  const folder = new URL('./vectors/llhttp/response/', import.meta.url);
  return readdirSync(folder)
    .sort()
    .flatMap((file) => casesIn(file, readFileSync(new URL(file, folder), 'utf8')));
}

function casesIn(file: string, markdown: string): LlhttpCase[] {
  const cases: LlhttpCase[] = [];
  const pattern =
    /<!-- meta=(\{.*?\}) -->\n```http\n((?:(?!```)[\s\S])*)\n```\n(?:(?!```)[\s\S])*```log\n([\s\S]*?)\n```/g;
  for (const found of markdown.matchAll(pattern)) {
    const [, meta, input, log] = found as unknown as [string, string, string, string];
    const titles = [...markdown.slice(0, found.index).matchAll(/^##+ (.*)$/gm)];
    const { type, skipBody } = JSON.parse(meta) as { type: string; skipBody?: boolean };
    const bytes = bytesOf(input);
    cases.push({
      id: `${file}: ${titles.at(-1)?.[1]}`,
      isLenient: type.startsWith('response-lenient'),
      method: skipBody ? 'HEAD' : 'GET',
      bytes,
      ...resultOf(log, bytes.length),
    });
  }
  return cases;
}

/** As llhttp's own runner reads it: every line ends in CRLF unless escaped, the last one in nothing. */
function bytesOf(input: string): string {
  const text = input
    .replace(/\\(?:\r\n|\r|\n)/g, '')
    .replace(/\r\n|\r|\n/g, '\r\n')
    .replace(/\\r/g, '\r')
    .replace(/\\n/g, '\n')
    .replace(/\\t/g, '\t')
    .replace(/\\f/g, '\f')
    .replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(text).toString('latin1');
}

type Result = Pick<LlhttpCase, 'result' | 'status' | 'body' | 'hasMore'>;

/** Reads llhttp's log up to the end of the first answer that is no interim one. */
function resultOf(log: string, length: number): Result {
  let body = '';
  let status: number | undefined;
  let isFramed = false;
  for (const line of log.split('\n')) {
    // 21 to 24 are pauses.
    if (/error code=(?!2[1-4]\b)/.test(line)) return { result: 'error', status, body, hasMore: false };
    const head = /headers complete status=(\d+) v=\d\/\d flags=([0-9a-f]+)/.exec(line);
    if (head) {
      status = Number(head[1]);
      // F_CONTENT_LENGTH and F_CHUNKED
      isFramed = (Number.parseInt(head[2]!, 16) & 0x28) !== 0;
    }
    const span = /span\[body\]=(?:"(.*)"|(cr|lf))$/.exec(line);
    if (span) body += span[2] === 'cr' ? '\r' : span[2] === 'lf' ? '\n' : span[1]!.replaceAll('\\\\"', '"');
    const end = /off=(\d+) message complete/.exec(line);
    const isInterim = status !== undefined && status < 200 && status !== 101;
    if (end && !isInterim) return { result: 'complete', status, body, hasMore: Number(end[1]) < length };
  }
  return { result: isFramed || status === undefined ? 'cut' : 'until end', status, body, hasMore: false };
}
