import { createHmac } from 'node:crypto';
import { type LookupAddress, lookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { isLinkLocal } from '../routing/link-local.ts';
import type { StepWebhook } from '../routing/model.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { PostWebhook } from './step-webhooks.ts';

export interface PostWebhookOptions {
  /** Undefined: requests are not signed. */
  readonly key: string | undefined;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Sends a document as JSON. `Ficus-Signature: t=<seconds>,v1=<hex>` is the HMAC-SHA-256 of `<seconds>.<body>`: who
 * receives it can tell that it is ours and that it is of now. No redirect is followed, no answer is read, and a name
 * that resolves to a link-local address or a cloud's metadata service is not connected to.
 */
export function createPostWebhook({ key, clock }: PostWebhookOptions): PostWebhook {
  return (webhook, document) => {
    const body = JSON.stringify(document);
    const headers: http.OutgoingHttpHeaders = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'ficus',
      ...(key !== undefined && { 'ficus-signature': signatureOf(key, body, Math.floor(clock.now() / 1000)) }),
    };
    return send(webhook, headers, body);
  };
}

export function signatureOf(key: string, body: string, seconds: number): string {
  const hex = createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${hex}`;
}

function send(
  { url, timeoutMs }: StepWebhook,
  headers: http.OutgoingHttpHeaders,
  body: string,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const { request } = url.startsWith('https:') ? https : http;
    const signal = AbortSignal.timeout(timeoutMs);
    const options = { method: 'POST', headers, signal, agent: false, lookup: lookupAllowed } as const;
    const outgoing = request(url, options, (answer) => {
      const { statusCode = 0 } = answer;
      answer.on('error', () => {});
      answer.destroy();
      resolve(statusCode >= 200 && statusCode < 300 ? undefined : `answered ${statusCode}`);
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      resolve(
        signal.aborted ? `did not answer within ${timeoutMs} ms` : `failed (${error.code ?? error.message})`,
      );
    });
    outgoing.end(body);
  });
}

/** The system's lookup, without what must not be reached. */
const lookupAllowed: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const allowed = (addresses ?? []).filter(({ address }) => !isLinkLocal(address));
    const [first] = allowed;
    if (error || !first) {
      const refused = Object.assign(new Error(`${hostname} has no address that may be reached`), {
        code: 'ENOTFOUND',
      });
      callback(error ?? refused, '');
    } else if (options.all) callback(null, allowed);
    else callback(null, first.address, first.family);
  });
};
