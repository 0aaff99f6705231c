import type http from 'node:http';
import type { Upstream } from '../../routing/model.ts';
import { requestToUpstream } from './upstream-forwarder.ts';

/** More of an answer is not kept. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Sends a request and reads its answer to the end. */
export function askUpstream(
  upstream: Upstream,
  method: string,
  target: string,
  headers: http.OutgoingHttpHeaders,
  body: string | undefined,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const request = requestToUpstream(upstream, method, target, { ...headers, ...length });
    request.on('error', (error) => reject(new Error(`${method} ${target}: ${error.message}`)));
    request.on('response', (answer) => {
      let text = '';
      answer.on('error', reject);
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        if (text.length < MAX_ANSWER_BYTES) text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    request.end(body);
  });
}
