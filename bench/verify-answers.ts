import { createHash } from 'node:crypto';
import type { RunningContender } from './contenders/contender.ts';
import { type BenchRequest, type Scenario, userHeader, userName } from './scenarios.ts';
import { type Answer, sendRequest } from './send-request.ts';
import { type Arrived, echoPath, upstreamHeader } from './upstreams.ts';

/** Each hop's own, and the mark of the two upstreams, which answer alike otherwise. */
const mayDiffer = new Set(['connection', 'keep-alive', 'date', upstreamHeader]);

/**
 * Throws unless a contender hands the upstream's answer to a scenario to the client byte for byte, and the
 * client's request to the upstream: what is wrong can be fast.
 */
export async function verifyAnswers(
  name: string,
  contender: RunningContender,
  scenario: Scenario,
  upstreamPort: number,
): Promise<void> {
  const { request } = scenario;
  const headers = { ...request.headers, [userHeader]: userName(7) };
  const wanted = await sendRequest(upstreamPort, { ...request, headers });
  const got = await sendRequest(contender.port, { ...request, headers });
  const where = `${name}, ${scenario.name}`;
  if (got.status !== 200 || wanted.status !== 200) throw new Error(`${where}: status ${got.status}`);
  if (!got.body.equals(wanted.body)) throw new Error(`${where}: another body than the upstream's`);
  const difference = differenceOf(endToEnd(wanted), endToEnd(got));
  if (difference) throw new Error(`${where}: ${difference}`);
  await verifyArrival(where, contender, { ...request, path: `${echoPath}${request.path}`, headers });
}

const endToEnd = ({ headers }: Answer): string[] =>
  headers.filter(([name]) => !mayDiffer.has(name)).map(([name, value]) => `${name}: ${value}`);

function differenceOf(wanted: readonly string[], got: readonly string[]): string | undefined {
  const missing = wanted.filter((line) => !got.includes(line));
  const added = got.filter((line) => !wanted.includes(line));
  return missing.length + added.length === 0
    ? undefined
    : `headers of the answer differ: missing ${JSON.stringify(missing)}, added ${JSON.stringify(added)}`;
}

async function verifyArrival(where: string, { port }: RunningContender, sent: BenchRequest): Promise<void> {
  const arrived: Arrived = JSON.parse((await sendRequest(port, sent)).body.toString());
  const { method, path, headers, body = '' } = sent;
  if (arrived.method !== method || arrived.target !== path)
    throw new Error(`${where}: ${method} ${path} arrived as ${arrived.method} ${arrived.target}`);
  if (arrived.bodySha256 !== createHash('sha256').update(body).digest('hex'))
    throw new Error(`${where}: the body of the request arrived changed`);
  for (const [name, value] of Object.entries(headers)) {
    const at = arrived.headers.findIndex((header, index) => index % 2 === 0 && sameName(header, name));
    if (at < 0 || arrived.headers[at + 1] !== value)
      throw new Error(`${where}: the request's ${name} did not arrive as it was sent`);
  }
}

const sameName = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
