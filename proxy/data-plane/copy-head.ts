import { isSafeMethod, type TokenRule, type Upstream } from '../routing/model.ts';
import type { Copy } from '../shadow/shadow-job.ts';
import { foldAliases } from './header-kinds.ts';
import { headFor } from './request-head.ts';

/** What authenticates a client stays in its own trust domain unless the upstream is trusted with it. */
const credentialHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'x-api-key',
  'api-key',
  'apikey',
  'proxy-authorization',
  'x-auth-token',
  'x-access-token',
  'x-session-token',
  'x-session-id',
  'x-csrf-token',
  'x-xsrf-token',
  'x-amz-security-token',
  'x-goog-api-key',
]);

/** Necessary for any of them, or of their aliases; most heads end here. */
const credentialHint =
  /^(?:(?:proxy.)?authorization|cookie|(?:x.)?api.?key|x.(?:auth|access|session|csrf|xsrf|amz|goog).[a-z_.-]+):/im;

/** The copy's head: what was forwarded of the client's, marked, sized anew, with the credentials that go there. */
export function copyHead({ upstream, target, mode, head, request, credentials }: Copy): string {
  const sized = request.body.length > 0 || !isSafeMethod(head.method);
  const copy = {
    method: head.method,
    host: head.host,
    lines: credentials === 'as-sent' ? head.lines : linesFor(upstream, head.lines),
    framing: sized ? ('length' as const) : ('none' as const),
    contentLength: String(request.body.length),
    expectsContinue: false,
    acceptsTrailers: false,
  };
  return headFor(copy, upstream, target, `Ficus-Shadow: ${mode}\r\n`);
}

/** The client's lines with what this upstream may have of its credentials, and its own tokens for the others. */
function linesFor({ credentials, tokens = [] }: Upstream, lines: string): string {
  if (tokens.length === 0 && (credentials === 'forward' || !credentialHint.test(lines))) return lines;
  let kept = '';
  const received = new Map<string, string>();
  for (const line of lines.split('\r\n')) {
    const name = foldAliases(line.slice(0, line.indexOf(':')).toLowerCase());
    if (tokens.some(({ header }) => header === name)) received.set(name, line.slice(name.length + 1).trim());
    else if (line !== '' && mayPass(name, credentials)) kept += `${line}\r\n`;
  }
  for (const rule of tokens) {
    const value = tokenFor(rule, received.get(rule.header));
    if (value !== undefined) kept += `${rule.header}: ${value}\r\n`;
  }
  return kept;
}

function mayPass(name: string, credentials: Upstream['credentials']): boolean {
  if (!credentialHeaders.has(name) || credentials === 'forward') return true;
  return credentials !== 'drop' && credentials.includes(name);
}

/** Of a mapping, what stands for the client's own value; what it doesn't know goes nowhere. */
function tokenFor({ value, values }: TokenRule, received: string | undefined): string | undefined {
  if (values === undefined) return value;
  if (received === undefined || !Object.hasOwn(values, received)) return undefined;
  return values[received];
}
