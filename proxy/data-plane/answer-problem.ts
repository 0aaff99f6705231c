import type { ClientExchange } from './client-exchange.ts';
import { type FailureCode, failureMeanings } from './failures.ts';

/** RFC 9110, 15. Not from `node:http`: to import that from a module loads fetch as well, a fifth of a worker's start. */
const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  414: 'URI Too Long',
  417: 'Expectation Failed',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
};

/** RFC 9457 problem as JSON: a stable code and the request id, and nothing of what is behind the proxy. */
function problemJson(code: FailureCode, requestId: string, detail: string | undefined): string {
  const { status, title } = failureMeanings[code];
  return JSON.stringify({
    type: 'about:blank',
    title,
    status,
    code,
    requestId,
    ...(detail ? { detail } : {}),
  });
}

/** RFC 9209: tells the proxy's own answers from an upstream's. */
function proxyStatus(code: FailureCode): string {
  return `ficus; error=${code}`;
}

/** Answers a request ourselves. `detail` is for what the client did wrong only. */
export function answerProblem(
  exchange: ClientExchange,
  code: FailureCode,
  requestId: string,
  detail?: string,
): void {
  const { status } = failureMeanings[code];
  const body = Buffer.from(problemJson(code, requestId, detail));
  exchange.begin(status, reasons[status] ?? '', problemHeaders(code, requestId, body.length), 'sized');
  exchange.end(body);
}

function problemHeaders(code: FailureCode, requestId: string, length: number): string[] {
  const headers = [
    'Content-Type',
    'application/problem+json',
    'Content-Length',
    String(length),
    'Cache-Control',
    'no-store',
    'Proxy-Status',
    proxyStatus(code),
    'X-Request-Id',
    requestId,
  ];
  if (failureMeanings[code].status === 503) headers.push('Retry-After', '1');
  return headers;
}

/** The same as raw bytes, for what is no exchange; the connection ends with it. */
export function rawProblem(code: FailureCode, requestId: string, detail?: string): string {
  const { status } = failureMeanings[code];
  const body = problemJson(code, requestId, detail);
  const headers = problemHeaders(code, requestId, Buffer.byteLength(body));
  let text = `HTTP/1.1 ${status} ${reasons[status] ?? ''}\r\n`;
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return `${text}Connection: close\r\n\r\n${body}`;
}
