import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { fuzzBlock } from '../test/conformance/fuzz/fuzz-block.ts';
import { makeScenario } from '../test/conformance/fuzz/scenario.ts';

const usage = `Sends mutated requests through the proxy and checks what becomes of them.
  npm run fuzz -- [--seed N] [--count N] [--jobs N]
  npm run fuzz -- --seed N --only SCENARIO     one connection again, with its bytes

Exit 1 when the process died, a well-behaved client was disturbed, or anything reached the upstream that
the client had not asked for by the letter of RFC 9112.`;

const SCENARIOS_A_BLOCK = 4000;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '100000' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const count = Number(values.count);

if (values.help) console.log(usage);
else if (values.only !== undefined) await playOne(Number(values.only));
else await playMany();

async function playOne(index: number): Promise<void> {
  const { bytes, allowed } = makeScenario(seed, index);
  console.log(JSON.stringify(bytes.toString('latin1')));
  for (const { method, target, body } of allowed)
    console.log(`allowed: ${method} ${target} (${body.length} bytes)`);
  const { violations } = await fuzzBlock({ seed, first: index, count: 1 });
  for (const { what } of violations) console.log(what);
  process.exitCode = violations.length > 0 ? 1 : 0;
}

async function playMany(): Promise<void> {
  const total = { sent: 0, requests: 0, forwarded: 0, canaries: 0, violations: 0 };
  const started = performance.now();
  let next = 0;
  const job = async (): Promise<void> => {
    while (total.sent < count) {
      const first = next;
      next += SCENARIOS_A_BLOCK;
      const report = await fuzzBlock({ seed, first, count: SCENARIOS_A_BLOCK });
      total.sent += report.sent;
      total.requests += report.requests;
      total.forwarded += report.forwarded;
      total.canaries += report.canaries;
      total.violations += report.violations.length;
      for (const { scenario, what } of report.violations)
        console.log(
          `${scenario === undefined ? `scenarios ${first} and up` : `--seed ${seed} --only ${scenario}`}: ${what}`,
        );
      const seconds = (performance.now() - started) / 1000;
      console.log(
        `${Math.round(seconds)} s: ${total.sent} requests sent on ${next} connections, ${total.requests} answered, ` +
          `${total.forwarded} forwarded, ${total.canaries} canaries, ${total.violations} violations`,
      );
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, job));
  process.exitCode = total.violations > 0 ? 1 : 0;
}
