import { quantileDelays } from './delays.ts';
import { usualWatch } from './simulated-traffic.ts';

// Prints the tables of docs/guard.md: node test/proxy/delivery/guard/print-delays.ts
const seeds = 200;
const tables = [
  { title: 'answers 500 to everything', bad: 1, rate: usualWatch.rate },
  { title: 'fails 3 % of the time, errorRate 1 %', bad: 0.03, rate: usualWatch.rate },
  { title: 'fails 3 % of the time, errorRate 0.3 %', bad: 0.03, rate: 0.003 },
];
const shares = [0.01, 0.02, 0.05, 0.25, 1];

const text = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return 'never';
  return seconds < 10 ? seconds.toFixed(1) : seconds.toFixed(0);
};
for (const { title, bad, rate } of tables) {
  console.log(`\na service that ${title}: seconds until it is out, p50 / p95 of ${seeds}\n`);
  console.log(`| requests/s | ${shares.map((share) => `${share * 100} %`).join(' | ')} |`);
  console.log(`|---|${shares.map(() => '---|').join('')}`);
  for (const requestsPerSecond of [50, 200, 1000]) {
    const cells = shares.map((share) => {
      const { p50, p95 } = quantileDelays(
        { requestsPerSecond, share, bad, watch: { ...usualWatch, rate } },
        seeds,
      );
      return `${text(p50)} / ${text(p95)}`;
    });
    console.log(`| ${requestsPerSecond} | ${cells.join(' | ')} |`);
  }
}
