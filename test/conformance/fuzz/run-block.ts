import { startTestProxy } from '../../proxy/data-plane/test-proxy.ts';
import { EchoUpstream, echo } from '../echo-upstream.ts';
import type { StrictRequest } from '../strict-requests.ts';
import { Canaries } from './canaries.ts';
import { play, type Seen } from './fuzz-client.ts';
import { forbiddenIn, makeScenario, type Scenario } from './scenario.ts';

export interface Block {
  readonly seed: number;
  /** Scenarios are numbered; a number and the seed make one again. */
  readonly first: number;
  readonly count: number;
}

export interface BlockReport {
  /** Requests that were written, whole or not. */
  sent: number;
  /** Those that were answered, by whomever, or ended their connection. */
  requests: number;
  forwarded: number;
  canaries: number;
  /** What must never happen; `scenario` where one is to blame. */
  violations: { readonly scenario?: number; readonly what: string }[];
}

const CONCURRENCY = 256;
const CANARIES = 4;

interface Arrival {
  readonly serial: number;
  readonly request: StrictRequest;
}

/** Plays scenarios against a proxy in this process; `onStart` and `onEnd` tell which are under way. */
export async function runBlock(
  { seed, first, count }: Block,
  onStart: (index: number) => void = () => {},
  onEnd: (index: number) => void = () => {},
): Promise<BlockReport> {
  const arrivals = new Map<string, Arrival[]>();
  let serial = 0;
  await using upstream = await EchoUpstream.start((request) => {
    if (request.target.startsWith('/canary/')) return echo(request);
    const sender = request.fields.find(([name]) => name === 'X-Forwarded-For')?.[1] ?? '';
    const ofSender = arrivals.get(sender) ?? [];
    ofSender.push({ serial: ++serial, request });
    arrivals.set(sender, ofSender);
    return `HTTP/1.1 200 OK\r\nX-Serial: ${serial}\r\nContent-Length: 0\r\n\r\n`;
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  const canaries = new Canaries(proxy.port, CANARIES);
  const played: { scenario: Scenario; seen: Seen }[] = [];
  let next = first;
  const lane = async (): Promise<void> => {
    while (next < first + count) {
      const scenario = makeScenario(seed, next++);
      onStart(scenario.index);
      played.push({ scenario, seen: await play(scenario, proxy.port) });
      onEnd(scenario.index);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  await canaries.stop();
  // Only once every connection is gone has everything arrived that ever will.
  await proxy.close(0);
  await upstream.allClosed();

  const report: BlockReport = {
    sent: 0,
    requests: 0,
    forwarded: serial,
    canaries: canaries.asked,
    violations: [],
  };
  for (const what of [
    ...canaries.problems,
    ...upstream.problems.map((problem) => `the upstream got ${problem}`),
  ])
    report.violations.push({ what });
  for (const { scenario, seen } of played) {
    const ofIt = arrivals.get(scenario.address) ?? [];
    arrivals.delete(scenario.address);
    report.sent += scenario.count;
    report.requests += Math.max(1, seen.answers.length);
    const what = violationOf(scenario, seen, ofIt);
    if (what !== undefined) report.violations.push({ scenario: scenario.index, what });
  }
  for (const [sender, [arrival]] of arrivals)
    report.violations.push({ what: `a request of nobody, ${sender}: ${JSON.stringify(arrival?.request)}` });
  return report;
}

function violationOf(scenario: Scenario, seen: Seen, arrivals: readonly Arrival[]): string | undefined {
  const { answers, nonsense } = seen;
  const { allowed, isMutated } = scenario;
  if (nonsense !== undefined) return `the client got ${JSON.stringify(nonsense)}`;
  const forbidden = forbiddenIn(
    scenario,
    arrivals.map(({ request }) => request),
  );
  if (forbidden) return forbidden;
  const answered = answers.flatMap(({ serial }) => serial ?? []);
  const arrived = arrivals.map(({ serial }) => serial);
  // One after another: only the last one can have been cut off, unless the client was gone before it read.
  const isInOrder = arrived.slice(0, answered.length).join() === answered.join();
  if (!isInOrder || (!seen.gaveUp && arrived.length > answered.length + 1))
    return `requests ${arrived} arrived and ${answered} were answered`;
  if (answers.length > allowed.length + 1) return `${answers.length} answers to ${allowed.length} requests`;
  if (!isMutated && !isAnswered(scenario, answered.length))
    return `only ${answered.length} of ${allowed.length} good requests were answered`;
  return undefined;
}

/** After an answer to an old client, an upgrade that is not made or a body nobody waited for, a connection may end. */
function isAnswered({ allowed, bytes }: Scenario, answered: number): boolean {
  const endsEarly = /HTTP\/1\.0\r\n|\r\nUpgrade: |\r\nExpect: /.test(bytes.toString('latin1'));
  return endsEarly ? answered > 0 : answered === allowed.length;
}
