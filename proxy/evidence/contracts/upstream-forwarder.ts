import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import type { Upstream } from '../../routing/model.ts';

export interface UpstreamForwarder {
  readonly url: string;
  /** Why requests got no answer, each reason once. */
  readonly failures: ReadonlySet<string>;
  close(): void;
}

/**
 * A plain HTTP address on loopback for an upstream of any kind: the verifier knows no `unix:`, no CA of its
 * own, no Host of ours, and its process dies of a refused connection.
 */
export async function startUpstreamForwarder(upstream: Upstream): Promise<UpstreamForwarder> {
  const failures = new Set<string>();
  const server = http.createServer((request, answer) => {
    const sent = requestToUpstream(upstream, request.method ?? 'GET', request.url ?? '/', request.headers);
    sent.on('response', (received) => {
      answer.writeHead(received.statusCode ?? 502, received.rawHeaders);
      pipeline(received, answer, () => {});
    });
    sent.on('error', (error) => {
      failures.add(error.message);
      if (answer.headersSent) answer.destroy();
      else answer.writeHead(502, { 'content-type': 'text/plain' }).end(error.message);
    });
    // Not a pipeline, which would tear down the request's connection before the 502 is out.
    request.pipe(sent);
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', listening);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    failures,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A request to an upstream, with its Host, base path and TLS; it ends in an error when no answer begins in time. */
export function requestToUpstream(
  upstream: Upstream,
  method: string,
  target: string,
  headers: http.OutgoingHttpHeaders,
): http.ClientRequest {
  const { protocol, hostname, port, socketPath, basePath, host, tls, responseTimeoutMs } = upstream;
  const authority = hostname.includes(':') ? `[${hostname}]:${port}` : `${hostname}:${port}`;
  const address = protocol === 'unix:' ? { socketPath } : { hostname, port };
  const { connection: _, ...forwarded } = headers;
  const request = (protocol === 'https:' ? https : http).request({
    ...address,
    ...tls,
    method,
    path: basePath + target,
    headers: { ...forwarded, host: host ?? (protocol === 'unix:' ? 'localhost' : authority) },
    agent: false,
  });
  const timer = setTimeout(
    () => request.destroy(new Error(`no answer within ${responseTimeoutMs} ms`)),
    responseTimeoutMs,
  );
  request.once('response', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
  return request;
}
