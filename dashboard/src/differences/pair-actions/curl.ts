import type { PairRow, RequestAddress } from '../../../../proxy/admin/api-types.ts';

export type StoredRequest = NonNullable<PairRow['request']>;

/** Set by curl itself, for one connection only, or for the request as it came. */
const leftOut: ReadonlySet<string> = new Set([
  'connection',
  // Bodies are kept decoded.
  'content-encoding',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);
const token = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * A stored request as a command for a POSIX shell that sends it to `address`. What was hidden is a variable that
 * must be set, `REDACTED_0a1b2c3d`, and what else is not as it was sent is said in comments above.
 */
export function curlCommand(request: StoredRequest, address: RequestAddress): string {
  const { method } = request;
  const body = bodyOf(request);
  const headers = headersOf(request, address);
  const has = (wanted: string) => headers.some(([name]) => name.toLowerCase() === wanted);
  const words: string[][] = [['curl', '--globoff', '--path-as-is']];
  if (has('accept-encoding')) words.push(['--compressed']);
  if (address.unixSocket !== undefined) words.push(['--unix-socket', address.unixSocket]);
  // With --request alone curl would wait for the body of a HEAD's answer.
  if (method === 'HEAD' && body.sent === '') words.push(['--head']);
  else if (method !== (body.sent === '' ? 'GET' : 'POST')) words.push(['--request', method]);
  words.push(['--url', address.url]);
  for (const [name, value] of headers)
    words.push(['--header', value === '' ? `${name};` : `${name}: ${value}`]);
  if (body.sent !== '') {
    // Else curl adds that of a form.
    if (!has('content-type')) words.push(['--header', 'Content-Type:']);
    words.push(['--data-raw', body.sent]);
  }
  const lines = words.map((line) => line.map(shellWord).join(' '));
  return [...notes(words.flat(), body.notes), lines.join(' \\\n  ')].join('\n');
}

/** What is kept in place of a body that is no text, or could not be read. */
const noteOfBody = /^<[^\n]*\d+ bytes, (?:not kept|not read|digest )[^\n]*>$/;

/** What can be sent of the body, and what is to be said of it. */
function bodyOf({ headers, body }: StoredRequest): {
  readonly sent: string;
  readonly notes: readonly string[];
} {
  const type = headers.find(
    (_, index) => index % 2 === 1 && headers[index - 1]!.toLowerCase() === 'content-type',
  );
  const media = /^[\w.+-]+\/[\w.+-]+/.exec(type?.trim().toLowerCase() ?? '')?.[0] ?? '';
  if (noteOfBody.test(body)) return { sent: '', notes: ['# The body was not kept: add it yourself.'] };
  if (media.startsWith('multipart/') || /ndjson|jsonl|json-seq/.test(media))
    return {
      sent: '',
      notes: [`# Of the ${media} body its content is kept, not its bytes: add it yourself.`],
    };
  const isJson = /^(?:[[{"]|‹redacted)/.test(body);
  return {
    sent: body,
    notes: [
      ...(body.endsWith('… <cut>') ? ['# The body was cut where it was stored: add its end yourself.'] : []),
      ...(isJson && body.includes('\n') ? ['# The body is the same JSON, laid out anew.'] : []),
    ],
  };
}

function headersOf({ headers }: StoredRequest, { host }: RequestAddress): (readonly [string, string])[] {
  const kept: [string, string][] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const [name, value] = [headers[index]!, headers[index + 1]!];
    const known = name.toLowerCase();
    if (!token.test(name) || leftOut.has(known) || (known === 'host' && host !== undefined)) continue;
    kept.push([name, value]);
  }
  return host === undefined ? kept : [['Host', host], ...kept];
}

const redaction = /‹redacted:([0-9a-f]{8})›/g;

function notes(words: readonly string[], ofBody: readonly string[]): string[] {
  const marks = new Set(words.flatMap((word) => [...word.matchAll(redaction)].map(([, mark]) => mark)));
  const names = [...marks].map((mark) => `REDACTED_${mark}`);
  // In JSON it means the character itself.
  const isSpelled = words.some((word) => /\\u[0-9a-f]{4}/.test(word) && !/^[[{]/.test(word));
  return [
    ...(names.length > 0 ? [`# Hidden by Ficus; set these before you run it: ${names.join(', ')}`] : []),
    ...(isSpelled ? ['# A control character is spelled out as \\u…: that is how it was stored.'] : []),
    ...ofBody,
  ];
}

/** What a terminal would act on, or nobody would see, when it is pasted: control and format characters, separators. */
const steering = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/**
 * A word of a POSIX shell that stands for exactly these characters, with a variable for each redaction. Lone
 * surrogates become U+FFFD and NUL, which no argument can have, goes.
 */
export function shellWord(text: string): string {
  const parts = text.toWellFormed().replaceAll('\0', '').split(redaction);
  const word = parts
    .map((part, index) => (index % 2 === 1 ? `"\${REDACTED_${part}:?is hidden by Ficus}"` : quoted(part)))
    .join('');
  return word === '' ? "''" : word;
}

function quoted(text: string): string {
  if (text === '' || /^[\w@%+:,./-]+$/.test(text)) return text;
  let word = '';
  let run = '';
  for (const character of text) {
    if (character === "'" || (steering.test(character) && character !== '\n' && character !== '\t')) {
      if (run !== '') word += `'${run}'`;
      run = '';
      word += character === "'" ? "\\'" : `"$(printf '${octal(character)}')"`;
    } else run += character;
  }
  return run === '' ? word : `${word}'${run}'`;
}

/** `\342\200\256`: the one escape for bytes that every printf knows. */
function octal(character: string): string {
  return [...new TextEncoder().encode(character)]
    .map((byte) => `\\${byte.toString(8).padStart(3, '0')}`)
    .join('');
}
