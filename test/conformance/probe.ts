import { startTestProxy, type TestProxyOptions } from '../proxy/data-plane/test-proxy.ts';
import { RawClient } from '../support/raw-client.ts';
import type { RawMessage } from '../support/raw-message.ts';
import { EchoUpstream } from './echo-upstream.ts';
import type { SeenByClient } from './http11probe-verdict.ts';
import type { StrictRequest } from './strict-requests.ts';

/** How long a request that never ends may say nothing until we go on. */
const SILENCE_MS = 250;

export interface Probing extends SeenByClient {
  /** The proxy itself answered. */
  readonly isOurs: boolean;
  readonly answer: RawMessage | undefined;
  /** Whole requests that reached the upstream, canaries left out. */
  readonly forwarded: readonly StrictRequest[];
  /** What reached the upstream and is no request, or one that can be read in two ways. */
  readonly atUpstream: readonly string[];
  /** What went wrong with the canaries. */
  readonly disturbed: readonly string[];
}

/**
 * Sends bytes through a proxy of their own, then a canary on the same connection if it is still open, and one
 * on a fresh connection; the upstream records it all.
 */
export async function probe(
  bytesFor: (authority: string) => string,
  { mayBeSilent = false, options = {} as Partial<TestProxyOptions> } = {},
): Promise<Probing> {
  await using upstream = await EchoUpstream.start();
  await using proxy = await startTestProxy({ monolith: upstream.port, ...options });
  const bytes = bytesFor(`127.0.0.1:${proxy.port}`);
  const disturbed: string[] = [];
  const client = await RawClient.connect(proxy.port);
  client.send(bytes);
  const answer = await finalAnswer(client, bytes.split(' ', 1)[0]!, mayBeSilent ? SILENCE_MS : undefined);
  let connection: SeenByClient['connection'] = client.ended ?? 'open';
  if (answer && saysClose(answer)) {
    connection = await client.ending().catch(() => 'open' as const);
  } else if (answer && connection === 'open') {
    const problem = await canary(client, 'same');
    if (problem === 'ended') connection = client.ended ?? 'closed';
    else if (problem) disturbed.push(`on the same connection: ${problem}`);
  }
  if (client.unread.length > 0)
    disturbed.push(`more came than asked for: ${JSON.stringify(client.unread.toString('latin1', 0, 200))}`);
  client.socket.destroy();
  const fresh = await RawClient.connect(proxy.port);
  const problem = await canary(fresh, 'fresh');
  if (problem) disturbed.push(`on a fresh connection: ${problem}`);
  fresh.socket.destroy();
  await proxy.close(0);
  await upstream.allClosed();
  return {
    status: answer?.status,
    connection,
    answer,
    isOurs: answer?.value('Proxy-Status') !== undefined,
    forwarded: upstream.requests.filter(({ target }) => !target.startsWith('/canary/')),
    atUpstream: upstream.problems,
    disturbed,
  };
}

/** The answer after all interim ones; undefined when the connection ends, or nothing comes for too long. */
async function finalAnswer(
  client: RawClient,
  method: string,
  silenceMs: number | undefined,
): Promise<RawMessage | undefined> {
  for (;;) {
    const next = client.answer(method).catch(() => undefined);
    const answer = silenceMs === undefined ? await next : await Promise.race([next, silence(silenceMs)]);
    if (!answer || answer.status >= 200 || answer.status === 101) return answer;
  }
}

const silence = (ms: number): Promise<undefined> =>
  new Promise((resolve) => void setTimeout(() => resolve(undefined), ms));

/** Why a request did not get its own answer, or `ended` when the connection ended instead. */
async function canary(client: RawClient, name: string): Promise<string | undefined> {
  try {
    const answer = await client.ask(`GET /canary/${name} HTTP/1.1\r\nHost: canary\r\n\r\n`);
    const target = answer.value('X-Target');
    return answer.status === 200 && target === `/canary/${name}`
      ? undefined
      : `got ${answer.startLine} for ${target}`;
  } catch (error) {
    return client.ended ? 'ended' : String(error);
  }
}

function saysClose(answer: RawMessage): boolean {
  return (
    answer.startLine.startsWith('HTTP/1.0') ||
    answer.values('Connection').some((value) => value.toLowerCase().includes('close'))
  );
}
