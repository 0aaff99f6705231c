import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { BenchRequest } from './scenarios.ts';

export interface Answer {
  readonly status: number;
  /** Lower-case names, in order of arrival. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** Sends one request on a connection of its own. */
export async function sendRequest(
  port: number,
  { method, path, headers, body }: BenchRequest,
): Promise<Answer> {
  const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
  const sent = request({
    host: '127.0.0.1',
    port,
    method,
    path,
    headers: { ...headers, ...length },
    agent: false,
    timeout: 5000,
  });
  sent.on('timeout', () => sent.destroy(new Error(`no answer to ${method} ${path} within 5 s`)));
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks = await response.toArray();
  const headersSeen: [string, string][] = [];
  for (let i = 0; i < response.rawHeaders.length; i += 2) {
    headersSeen.push([response.rawHeaders[i]!.toLowerCase(), response.rawHeaders[i + 1]!]);
  }
  return { status: response.statusCode!, headers: headersSeen, body: Buffer.concat(chunks) };
}

/** Whether anybody answers there, whatever they say. */
export function answers(port: number): Promise<boolean> {
  return sendRequest(port, { method: 'GET', path: '/', headers: {} }).then(
    () => true,
    () => false,
  );
}
