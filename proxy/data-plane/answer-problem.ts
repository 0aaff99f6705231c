import { type ServerResponse, STATUS_CODES } from 'node:http';
import { closeGentlyAfterAnswer } from './close-gently.ts';
import { type FailureCode, failureMeanings } from './failures.ts';

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

/**
 * Answers a request ourselves. `detail` is for what the client did wrong only. With request bytes still
 * to come the connection ends with the answer: they must not be read as the next request.
 */
export function answerProblem(
  res: ServerResponse,
  code: FailureCode,
  requestId: string,
  detail?: string,
): void {
  const { status } = failureMeanings[code];
  const body = problemJson(code, requestId, detail);
  const headers = [
    'Content-Type',
    'application/problem+json',
    'Content-Length',
    String(Buffer.byteLength(body)),
    'Cache-Control',
    'no-store',
    'Proxy-Status',
    proxyStatus(code),
    'X-Request-Id',
    requestId,
  ];
  if (status === 503) headers.push('Retry-After', '1');
  if (status === 400 || !res.req.complete) {
    headers.push('Connection', 'close');
    closeGentlyAfterAnswer(res.req.socket);
  }
  res.writeHead(status, headers);
  res.end(body);
}

/** The same as raw bytes, for connections on which Node has no response to offer. */
export function rawProblem(code: FailureCode, requestId: string, detail?: string): string {
  const { status } = failureMeanings[code];
  const body = problemJson(code, requestId, detail);
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: application/problem+json\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\nCache-Control: no-store\r\n` +
    `Proxy-Status: ${proxyStatus(code)}\r\nX-Request-Id: ${requestId}\r\nConnection: close\r\n\r\n${body}`
  );
}
