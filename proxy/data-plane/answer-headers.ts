import { Kind, nominatedBy, responseHeaderKind } from './header-kinds.ts';
import type { ResponseHead } from './response-head.ts';

/**
 * Node decodes Content-Disposition when it has read Content-Length before it (nodejs/node#46528): that breaks
 * bytes beyond ASCII, or throws. Only behind it does Content-Length leave them alone.
 */
const beyondAscii = /[\x80-\xff]/;

/** Flat headers for the client: the upstream's in their order and case, without what was for our hop. */
export function answerHeaders(head: ResponseHead, keepsChunks: boolean): string[] {
  const nominated = head.connection === '' ? undefined : nominatedBy(head.connection, undefined);
  const headers: string[] = [];
  // RFC 9110, 8.6: neither 204 nor an interim answer, 101 included, may have a Content-Length.
  let framed = head.status === 204 || head.status < 200;
  let lengthAt = -1;
  for (let i = 0; i < head.headers.length; i += 2) {
    const name = head.headers[i]!;
    const value = head.headers[i + 1]!;
    const kind = responseHeaderKind(name);
    if (kind === Kind.plain) {
      if (!nominated?.has(name.toLowerCase())) headers.push(name, value);
    } else if (kind === Kind.contentDisposition) {
      headers.push(name, value);
      if (lengthAt >= 0 && beyondAscii.test(value)) headers.push(...headers.splice(lengthAt, 2));
    } else if (kind === Kind.contentLength && !framed) {
      framed = true;
      lengthAt = headers.length;
      headers.push(name, value);
    } else if (kind === Kind.transferEncoding && head.framing === 'chunked' && keepsChunks) {
      headers.push(name, 'chunked');
    }
  }
  return headers;
}
