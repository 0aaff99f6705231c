import { isCanonicalPath } from '../routing/canonical-path.ts';
import type { Upstream } from '../routing/model.ts';
import { quote, type Reading } from './problem.ts';

export type UpstreamAddress = Pick<Upstream, 'protocol' | 'hostname' | 'port' | 'socketPath' | 'basePath'>;

/** sun_path is 108 bytes on Linux, one of them the terminating zero. */
const maxSocketPathBytes = 107;

/** `http://host:port/base`, `https://…` or `unix:/path/to.sock`. */
export function readUpstreamUrl(text: string): Reading<UpstreamAddress> {
  if (text.startsWith('unix:')) return readSocket(text.slice('unix:'.length));
  const parts = /^(https?:)\/\/([^/?#\\]*)([^?#]*)(\?[^#]*)?(#.*)?$/i.exec(text);
  if (!parts) {
    return { problem: `${quote(text)} is no URL: write http://host:port, https://… or unix:/path/to.sock` };
  }
  const [, scheme = '', authority = '', path = '', query, fragment] = parts;
  if (authority.includes('@')) return { problem: 'must not carry credentials; they would end up in logs' };
  if (query !== undefined) return { problem: `${quote(text)} must not have a query` };
  if (fragment !== undefined) return { problem: `${quote(text)} must not have a fragment` };
  const basePath = path.replace(/\/$/, '');
  if (basePath !== '' && !isCanonicalPath(basePath)) {
    return { problem: `${quote(text)} has a path that upstreams may read in two ways; ${canonicalHint}` };
  }
  const protocol = scheme.toLowerCase() === 'https:' ? 'https:' : 'http:';
  const host = readHost(protocol, authority);
  return 'problem' in host ? host : { value: { protocol, ...host.value, socketPath: '', basePath } };
}

const canonicalHint = 'leave out //, dot segments, ";", "\\" and needless percent-encoding';

function readSocket(socketPath: string): Reading<UpstreamAddress> {
  if (!socketPath.startsWith('/') || socketPath.startsWith('//')) {
    return { problem: 'needs the absolute path of a socket: unix:/path/to.sock' };
  }
  if (Buffer.byteLength(socketPath) > maxSocketPathBytes) {
    return { problem: `has a socket path of over ${maxSocketPathBytes} bytes, the most the system can take` };
  }
  return { value: { protocol: 'unix:', hostname: '', port: 0, socketPath, basePath: '' } };
}

function readHost(
  protocol: 'http:' | 'https:',
  authority: string,
): Reading<{ hostname: string; port: number }> {
  if (authority.split(':').length > 2 && !authority.startsWith('[')) {
    return { problem: `${quote(authority)} needs brackets around its IPv6 address: [::1]:9000` };
  }
  if (authority === '' || authority.startsWith(':')) return { problem: 'has no host' };
  // The URL parser sees through other ways to write an address: 0x7f.1, 2852039166, full-width digits.
  const url = URL.parse(`${protocol}//${authority}`);
  if (!url || /[\s%]/.test(authority) || !/^(\[.*\]|[a-z0-9._-]+)$/.test(url.hostname))
    return { problem: `${quote(authority)} is no host and port` };
  const port = url.port === '' ? (protocol === 'https:' ? 443 : 80) : Number(url.port);
  if (port === 0) return { problem: `${quote(authority)} has port 0, to which nobody can connect` };
  return { value: { hostname: url.hostname.replace(/^\[|\]$/g, ''), port } };
}
