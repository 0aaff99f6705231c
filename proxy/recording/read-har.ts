import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { RecordingError } from './recording-error.ts';
import type { RecordedExchange } from './schema.ts';

/** Of HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/) what a replay and a route need; Chrome's adds more. */
const nameValue = z.object({ name: z.string(), value: z.string() });
const entry = z.object({
  startedDateTime: z.string(),
  time: z.number().nullish(),
  request: z.object({
    method: z.string(),
    url: z.string(),
    headers: z.array(nameValue),
    postData: z
      .object({
        mimeType: z.string().optional(),
        text: z.string().optional(),
        params: z.array(nameValue.partial()).optional(),
      })
      .nullish(),
  }),
  response: z.object({
    status: z.number(),
    headers: z.array(nameValue),
    content: z
      .object({
        text: z.string().optional(),
        encoding: z.string().optional(),
        mimeType: z.string().optional(),
      })
      .nullish(),
  }),
});
const har = z.object({ log: z.object({ entries: z.array(z.unknown()) }) });

export interface HarEntry {
  readonly url: URL;
  readonly exchange: RecordedExchange;
}

/** A HAR is one JSON document: all of it has to be in memory, so there is a limit. */
const maxHarBytes = 400 * 1024 * 1024;

/** The HTTP exchanges of a HAR with their URLs; `onMalformed` hears of what is none. */
export async function* readHarEntries(
  file: string,
  onMalformed: (index: number, why: string) => void,
): AsyncGenerator<HarEntry> {
  const { size } = await stat(file);
  if (size > maxHarBytes)
    throw new RecordingError(`${file} is over ${maxHarBytes} bytes, too large for a HAR`);
  const parsed = har.safeParse(parse(await readFile(file, 'utf8')));
  if (!parsed.success) {
    throw new RecordingError(
      `${file} is neither a recording ("ficus": "recording/1") nor a HAR ("log": { "entries": … })`,
    );
  }
  for (const [index, value] of parsed.data.log.entries.entries()) {
    const read = entry.safeParse(value);
    if (!read.success) {
      onMalformed(index, 'is no entry of HAR 1.2');
      continue;
    }
    const url = URL.parse(read.data.request.url);
    const at = new Date(read.data.startedDateTime);
    if (url === null || !/^https?:$/.test(url.protocol) || Number.isNaN(at.getTime())) {
      onMalformed(index, 'has no http URL or no time');
      continue;
    }
    yield { url, exchange: exchangeOf(read.data, url, at) };
  }
}

export async function* readHar(
  file: string,
  onMalformed: (index: number, why: string) => void,
): AsyncGenerator<RecordedExchange> {
  for await (const { exchange } of readHarEntries(file, onMalformed)) yield exchange;
}

function exchangeOf(
  { time, request, response }: z.infer<typeof entry>,
  url: URL,
  at: Date,
): RecordedExchange {
  const headers = flat(request.headers);
  if (!headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'host')) {
    headers.unshift('Host', url.host);
  }
  const durationMs = Math.max(0, time ?? 0);
  const { postData } = request;
  const posted = postData?.text ?? (postData?.params && formOf(postData.params));
  const body = response.content?.text;
  return {
    id: randomUUID(),
    at: new Date(at.getTime() + durationMs).toISOString(),
    request: {
      method: request.method.toUpperCase(),
      target: url.pathname + url.search,
      headers,
      ...(posted ? { body: { text: posted } } : {}),
    },
    ...answerOf(response.status, flat(response.headers), body, response.content?.encoding, durationMs),
  };
}

/** Chrome notes a request that got no answer as status 0. */
function answerOf(
  status: number,
  headers: string[],
  body: string | undefined,
  encoding: string | undefined,
  durationMs: number,
) {
  if (!(status >= 100 && status <= 599)) return {};
  const kept =
    body === undefined || body === ''
      ? {}
      : { body: encoding === 'base64' ? { base64: body } : { text: body } };
  return { answer: { status, headers, ...kept, durationMs } };
}

/** HTTP/2's pseudo-headers are no headers; bodies in a HAR are decoded. */
function flat(list: readonly { readonly name: string; readonly value: string }[]): string[] {
  return list
    .filter(
      ({ name }) =>
        !name.startsWith(':') && !/^(content-encoding|content-length|transfer-encoding)$/i.test(name),
    )
    .flatMap(({ name, value }) => [name, value]);
}

function formOf(
  params: readonly { readonly name?: string | undefined; readonly value?: string | undefined }[],
): string {
  return new URLSearchParams(
    params.map(({ name = '', value = '' }): [string, string] => [name, value]),
  ).toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
