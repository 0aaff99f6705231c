import http from 'node:http';
import https from 'node:https';
import { BodyCapture } from '../shadow/capture.ts';
import type { Answer, CapturedRequest } from '../shadow/pair.ts';

export interface SendLimits {
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
}

/** Sends requests to one upstream over connections that are kept; never rejects. */
export interface RequestSender {
  send(request: CapturedRequest, limits: SendLimits, mark: string | undefined): Promise<Answer>;
  close(): void;
}

export function createRequestSender(upstream: URL, maxConnections: number): RequestSender {
  const client = upstream.protocol === 'https:' ? https : http;
  const agent = new client.Agent({ keepAlive: true, maxSockets: maxConnections });
  const basePath = upstream.pathname.replace(/\/$/, '');
  return {
    send(request, limits, mark) {
      const options = {
        agent,
        protocol: upstream.protocol,
        hostname: upstream.hostname.replace(/^\[|\]$/g, ''),
        port: upstream.port,
        method: request.method,
        path: basePath + request.target,
        headers: headersFor(request, upstream, mark),
        setDefaultHeaders: false,
        joinDuplicateHeaders: false,
      };
      return exchange(client.request(options), request, limits);
    },
    close: () => agent.destroy(),
  };
}

/** A flat list is sent as it is, in its order and its case: `Host` and framing are up to us then. */
function headersFor(
  { method, headers, body }: CapturedRequest,
  upstream: URL,
  mark: string | undefined,
): string[] {
  const hasHost = headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  const sized = body.byteLength > 0 || !/^(GET|HEAD|OPTIONS)$/.test(method);
  return [
    ...(hasHost ? [] : ['Host', upstream.host]),
    ...headers,
    ...(sized ? ['Content-Length', String(body.byteLength)] : []),
    ...(mark === undefined ? [] : ['Ficus-Shadow', mark]),
    'Connection',
    'keep-alive',
  ];
}

function exchange(
  outgoing: http.ClientRequest,
  { body }: CapturedRequest,
  { timeoutMs, maxBodyBytes }: SendLimits,
): Promise<Answer> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const durationMs = () => performance.now() - startedAt;
    const settle = (answer: Answer): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    const fail = (outcome: 'too-large' | 'timed-out' | 'failed', detail: string): void => {
      settle({ outcome, detail, durationMs: durationMs() });
      outgoing.destroy();
    };
    const timer = setTimeout(() => fail('timed-out', `over ${timeoutMs} ms`), timeoutMs);
    outgoing.on('error', (error) => fail('failed', describe(error)));
    outgoing.on('upgrade', (_, socket) => {
      socket.destroy();
      fail('failed', 'changed the protocol');
    });
    outgoing.on('response', (incoming) => {
      const captured = new BodyCapture(maxBodyBytes);
      incoming.on('data', (chunk: Buffer) => {
        captured.add(chunk);
        if (captured.tooLarge) fail('too-large', `over ${maxBodyBytes} bytes`);
      });
      incoming.on('error', (error) => fail('failed', describe(error)));
      incoming.on('end', () => {
        settle({
          outcome: 'complete',
          status: incoming.statusCode ?? 0,
          headers: incoming.rawHeaders,
          body: captured.bytes(),
          durationMs: durationMs(),
        });
      });
    });
    outgoing.end(body.byteLength > 0 ? body : undefined);
  });
}

function describe(error: NodeJS.ErrnoException): string {
  return error.code ?? error.message;
}
