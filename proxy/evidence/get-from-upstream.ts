import http from 'node:http';
import https from 'node:https';
import type { Upstream } from '../routing/model.ts';

/**
 * GET of a path below the upstream's base path, on a connection of its own; undefined when it can't be had. A body
 * over the limit is cut.
 */
export function getFrom(
  upstream: Upstream,
  path: string,
  { maxBytes, timeoutMs }: { readonly maxBytes: number; readonly timeoutMs: number },
): Promise<{ readonly status: number; readonly body: string } | undefined> {
  const client = upstream.protocol === 'https:' ? https : http;
  const where =
    upstream.protocol === 'unix:'
      ? { socketPath: upstream.socketPath }
      : { host: upstream.hostname, port: upstream.port, ...upstream.tls };
  return new Promise((resolve) => {
    const request = client.get({
      ...where,
      path: `${upstream.basePath}${path}`,
      headers: { accept: 'application/json', ...(upstream.host ? { host: upstream.host } : {}) },
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
    });
    request.on('error', () => resolve(undefined));
    request.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
        if (body.length > maxBytes) response.destroy();
      });
      response.on('error', () => resolve(undefined));
      response.on('close', () => resolve({ status: response.statusCode ?? 0, body }));
    });
  });
}
