/**
 * Keep-alive races in numbers: `node scripts/keep-alive-race.ts [requests]`, 100,000 for each timeout unless
 * said otherwise. Fails when a GET did.
 */
import { raceKeepAlive } from '../test/faults/keep-alive-race.ts';

const requests = Number(process.argv[2] ?? 100_000);
for (const keepAliveTimeoutMs of [1, 5, 20]) {
  const startedAt = performance.now();
  const { gets, posts } = await raceKeepAlive(keepAliveTimeoutMs, requests);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const show = (outcomes: Record<string, number>) =>
    Object.entries(outcomes)
      .map(([status, count]) => `${status}: ${count}`)
      .join(', ');
  console.log(`idle timeout ${keepAliveTimeoutMs} ms, ${seconds} s: GET ${show(gets)}; POST ${show(posts)}`);
}
