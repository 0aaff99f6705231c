import type { Route, Upstream } from '../routing/model.ts';
import { answerMapping, type ClientView } from './answer-mapping.ts';
import { Kind, nominatedBy, responseHeaderKind } from './header-kinds.ts';
import type { ResponseHead } from './response-head.ts';

/** Who gave an answer. */
export interface AnswerSource {
  readonly upstream: Upstream;
  /** Of the migration that the upstream answers for; none for the monolith. */
  readonly routes: readonly Route[];
}

/**
 * Flat headers for the client: the upstream's in their order and case, without what was for our hop and
 * without chunks, which are the writer's to make. With a
 * source, what names the upstream's own address and paths names the client's instead.
 */
export function answerHeaders(head: ResponseHead, source?: AnswerSource, client?: ClientView): string[] {
  const nominated = head.connection === '' ? undefined : nominatedBy(head.connection, undefined);
  const headers: string[] = [];
  // RFC 9110, 8.6: neither 204 nor an interim answer, 101 included, may have a Content-Length.
  let framed = head.status === 204 || head.status < 200;
  for (let i = 0; i < head.headers.length; i += 2) {
    const name = head.headers[i]!;
    const value = head.headers[i + 1]!;
    if (nominated?.has(name.toLowerCase())) continue;
    switch (responseHeaderKind(name)) {
      case Kind.plain:
        headers.push(name, value);
        break;
      case Kind.location:
        headers.push(name, source && client ? mappingOf(source).location(value, client) : value);
        break;
      case Kind.refresh:
        headers.push(name, source && client ? mappingOf(source).refresh(value, client) : value);
        break;
      case Kind.setCookie:
        headers.push(name, source && client ? mappingOf(source).setCookie(value, client) : value);
        break;
      case Kind.contentLength:
        if (framed) break;
        framed = true;
        headers.push(name, value);
        break;
    }
  }
  return headers;
}

const mappingOf = ({ upstream, routes }: AnswerSource) => answerMapping(upstream, routes);
