import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What would run in a page that took it for more than a text. */
export const markup =
  `<img src=x onerror="window.ran=1"></script><script>window.ran=1</script>` +
  `<iframe srcdoc="<script>parent.ran=1</script>">"'\`&lt;\${ran}{{ran}}javascript:ran`;
/** What steers a terminal, or reorders, hides or breaks what stands beside it: C0, C1, bidi, zero width, separators. */
export const steering =
  '\u001b[31m\u001b]0;owned\u0007\u009b31m\u2028\u2029\u202e\u2066\u200b\u200d\u2060\ufeff\u00ad\u{e0041}';
/** Long, and without a place to break. */
export const long = 'W'.repeat(3000);
export const planted = `${markup}${steering}${long}`;

/** As bytes of a header's value, in which control characters would be refused. */
const inHeader = Buffer.from(`${markup}\u2028\u202e\u200b\u0085${long}`, 'utf8').toString('latin1');
/** Header names may have some of the characters that matter to a page, and to a shell. */
const headerName = "X-'`onerror$&|*'";

interface Answer {
  readonly type: string;
  readonly body: string;
  readonly headers?: readonly string[];
  readonly status?: number;
}

/** By path, what both sides answer: planted everywhere, and different. */
const answers: Readonly<Record<string, (side: string) => Answer>> = {
  // A lone surrogate, as only an escape can write it.
  '/json': (side) => ({
    type: 'application/json',
    body: JSON.stringify({
      [planted]: planted,
      [`${side}${markup}`]: { '\ud800': '\udfff', side },
      hidden: `${side} ${markup}${steering}`,
    }),
  }),
  '/headers': (side) => ({
    type: 'text/plain',
    body: 'same',
    headers: [
      headerName,
      `${side} ${inHeader}`,
      'Set-Cookie',
      `a'${inHeader.slice(0, 60).replaceAll(';', '')}=${side}`,
    ],
  }),
  '/html': (side) => ({ type: 'text/html', body: `<p title='${side}'>${planted}</p><b ${side}=1>x</b>` }),
  '/xml': (side) => ({
    type: 'application/xml',
    body: `<a><${side}>x</${side}><!-- ${markup} --><b>&lt;img src=x onerror=ran&gt;</b></a>`,
  }),
  '/text': (side) => ({ type: 'text/plain', body: `${side}\r\n${planted}` }),
  '/broken': (side) => ({ type: 'application/json', body: `{"${side}": ${planted}` }),
  '/binary': (side) => ({
    type: `image/png; ${inHeader.slice(0, 200).replaceAll(';', '')}`,
    body: `\0${side}${planted}`,
  }),
  '/failed': (side) => ({
    type: 'text/html',
    body: `${side}: ${planted}`,
    status: side === 'service' ? 500 : 404,
  }),
};

export const plantedPaths = Object.keys(answers);

/** Requests with planted texts wherever a client can put one, for one path each. */
export function requestsFor(path: string): string[] {
  const inTarget = encodeURIComponent(`${markup}\u202e\u2028\u200b`);
  // Only canonical paths match a route, and those have no control characters.
  const target = `${path}/${encodeURIComponent('<img src=x onerror=ran>\u202e\u2028').replaceAll("'", '%27')}?${inTarget}=${inTarget}&x`;
  const headers =
    `Host: shop\r\n${headerName}: ${inHeader}\r\nX-User-Id: ${inHeader.slice(0, 100)}\r\n` +
    `Cookie: ${inHeader.slice(0, 60).replaceAll(';', '')}=1\r\n`;
  const body = Buffer.from(JSON.stringify({ [planted]: planted }), 'utf8').toString('latin1');
  return [
    `GET ${target.replaceAll(/[!'()*~]/g, '')} HTTP/1.1\r\n${headers}\r\n`,
    `POST ${path} HTTP/1.1\r\n${headers}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  ];
}

/** The monolith or the service, whose announcement is planted as well. */
export async function startPlantedSide(side: string): Promise<Server> {
  const server = createServer(async (request, response) => {
    await request.toArray();
    const path = /^\/[a-z]*/.exec(request.url ?? '')?.[0] ?? '';
    if (request.url === '/.well-known/ficus') {
      response.end(
        JSON.stringify({ service: side, version: `1 ${markup}${steering}`.slice(0, 60), dryRun: true }),
      );
      return;
    }
    const {
      type,
      body,
      headers = [],
      status = 200,
    } = answers[path]?.(side) ?? { type: 'text/plain', body: '' };
    response.writeHead(status, [
      'Content-Type',
      type,
      ...headers,
      'Content-Length',
      String(Buffer.byteLength(body)),
    ]);
    response.end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;
