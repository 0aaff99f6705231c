import { RawClient } from '../../support/raw-client.ts';
import type { RawMessage } from '../../support/raw-message.ts';
import { OK_ANSWER, RecordingUpstream } from '../../support/recording-upstream.ts';
import { startTestProxy, type TestProxyOptions } from './test-proxy.ts';

export interface Exchange {
  /** What the client got. */
  readonly answer: RawMessage;
  /** What the upstream got; fails when that is not exactly one request and nothing else. */
  readonly forwarded: RawMessage;
}

/** One request, as it is, through a proxy to an upstream that gives this answer. */
export async function exchange(
  request: string,
  upstreamAnswer: string = OK_ANSWER,
  options: Partial<TestProxyOptions> = {},
): Promise<Exchange> {
  await using upstream = await RecordingUpstream.start(upstreamAnswer);
  await using proxy = await startTestProxy({ monolith: upstream.port, ...options });
  using client = await RawClient.connect(proxy.port);
  const answer = await client.ask(request, request.split(' ', 1)[0]);
  if (upstream.leftOver !== '')
    throw new Error(`the upstream got more: ${JSON.stringify(upstream.leftOver)}`);
  if (client.unread.length > 0) throw new Error(`the client got more: ${client.unread.toString('latin1')}`);
  return { answer, forwarded: upstream.request };
}

/** The field lines that the proxy makes itself, which most tests leave out. */
const ours = /^(?:Host|X-Forwarded-(?:For|Proto|Host)|Forwarded|X-Request-Id|traceparent):/;

/** Field lines of a forwarded request that come from the client. */
export function clientLines(forwarded: RawMessage): string[] {
  return forwarded.lines.filter((line) => !ours.test(line));
}
