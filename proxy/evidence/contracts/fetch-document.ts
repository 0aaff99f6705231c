import type http from 'node:http';
import type { LookupFunction } from 'node:net';
import { isLinkLocal } from '../../routing/link-local.ts';

/** Of a Pact Broker. */
export type BrokerCredentials =
  | { readonly token: string }
  | { readonly username: string; readonly password: string };

export interface DocumentRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST' | 'PUT';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly credentials?: BrokerCredentials | undefined;
  readonly maxBytes: number;
  /** From the start to the last byte. */
  readonly timeoutMs: number;
}

/** The text of the answer, or in a sentence why there is none. Neither has a query or credentials in it. */
export type FetchedDocument = { readonly text: string } | { readonly problem: string };

/**
 * Asks an address out of routes.yaml, or one that the broker there names. Follows no redirect, which might lead
 * anywhere with the credentials; refuses link-local and metadata addresses, also those that a name resolves to.
 */
export function fetchDocument(request: DocumentRequest): Promise<FetchedDocument> {
  const { url: text, method = 'GET', body, credentials, maxBytes, timeoutMs } = request;
  const url = URL.parse(text);
  const shown = shownUrl(text);
  if (!url || !/^https?:$/.test(url.protocol)) return Promise.resolve({ problem: `${shown} is no URL` });
  if (isLinkLocal(url.hostname.replace(/^\[|\]$/g, '')))
    return Promise.resolve({ problem: `${shown} is a link-local or metadata address, which is not asked` });
  const { request: send } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http');
  const sentBody = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve) => {
    const failed = (why: string) => resolve({ problem: `${method} ${shown}: ${why}` });
    const sent = send(url, {
      method,
      agent: false,
      lookup: lookupSafely,
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        accept: 'application/hal+json, application/json;q=0.9',
        ...(sentBody !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(sentBody),
        }),
        ...(credentials && { authorization: authorization(credentials) }),
      },
    });
    sent.on('error', (error: NodeJS.ErrnoException) =>
      failed(error.name === 'AbortError' ? `no whole answer within ${timeoutMs} ms` : error.message),
    );
    sent.on('response', (answer) => {
      answer.on('error', (error) => failed(error.message));
      const { statusCode = 0 } = answer;
      if (statusCode >= 300) {
        failed(refusal(statusCode, answer.headers.location));
        sent.destroy();
        return;
      }
      readText(answer, maxBytes).then(
        (answered) => {
          if (answered === undefined) failed(`the answer is over ${maxBytes} bytes`);
          else resolve({ text: answered });
          sent.destroy();
        },
        (error: Error) =>
          failed(error.name === 'AbortError' ? `no whole answer within ${timeoutMs} ms` : error.message),
      );
    });
    sent.end(sentBody);
  });
}

/** Without what may be secret. */
export function shownUrl(text: string): string {
  const url = URL.parse(text);
  return url ? `${url.origin}${url.pathname}` : 'the address';
}

function refusal(status: number, location: string | undefined): string {
  if (status === 401 || status === 403) {
    return `${status}: set PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD, in the proxy's environment`;
  }
  if (status < 400 && location !== undefined)
    return `${status}, a redirect to ${shownUrl(location)}, which is not followed: name it in routes.yaml`;
  return `answered ${status}`;
}

function authorization(credentials: BrokerCredentials): string {
  if ('token' in credentials) return `Bearer ${credentials.token}`;
  const { username, password } = credentials;
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Undefined when it is over the limit. */
async function readText(answer: http.IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What is connected to is what was looked at: there is no second resolution in between. */
const lookupSafely: LookupFunction = (hostname, options, done) => {
  const { lookup } = process.getBuiltinModule('node:dns');
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, '', 0);
    const blocked = addresses.find(({ address }) => isLinkLocal(address));
    if (blocked) return done(new Error(`its name leads to ${blocked.address}, a link-local address`), '', 0);
    if (options.all) return done(null, addresses);
    const [first] = addresses;
    done(first ? null : new Error('its name has no address'), first?.address ?? '', first?.family ?? 0);
  });
};
