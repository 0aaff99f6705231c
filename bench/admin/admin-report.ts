import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Machine } from '../machine.ts';
import { median } from '../summary.ts';
import type { CallTimes } from './api-times.ts';
import type { size } from './big-estate.ts';
import type { ScreenTimes } from './screen-times.ts';
import type { Watched } from './watched.ts';

export interface AdminReport {
  readonly machine: Machine;
  readonly size: { readonly [Name in keyof typeof size]: number };
  readonly calls: readonly CallTimes[];
  readonly screens: readonly ScreenTimes[];
  readonly watched: Watched;
}

const bars = { callP95Ms: 200, screenMs: 1000, watchedRatio: 0.97 };

/** Prints it, and keeps it under `results/`. */
export async function saveAdminReport(report: AdminReport, save: boolean): Promise<void> {
  const text = render(report);
  console.log(text);
  if (!save) return;
  const day = new Date().toISOString().slice(0, 10);
  const name = `${day}-${report.machine.commit.replace('+', '-changed')}-admin`;
  const file = path.join(import.meta.dirname, '../results', name);
  await writeFile(`${file}.json`, `${JSON.stringify({ bars, ...report }, null, 2)}\n`);
  await writeFile(`${file}.md`, text);
  console.log(`Saved as bench/results/${name}.json and .md`);
}

function render({ machine, size, calls, screens, watched }: AdminReport): string {
  const slowestCall = calls.toSorted((a, b) => b.p95Ms - a.p95Ms)[0]!;
  const slowestScreen = screens.toSorted((a, b) => b.p50Ms - a.p50Ms)[0]!;
  const rate = (loads: Watched['watched']) => median(loads.map((load) => load.requestsPerSecond));
  const whole = (value: number) => Math.round(value).toLocaleString('en-US');
  return `# The admin plane with a large estate

${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}, Ficus ${machine.commit}, with its Postgres and the browsers on the
same machine. ${size.migrations} migrations, ${whole(size.migrations * size.routes)} routes, ${whole(size.migrations * size.signatures)} signatures, ${whole(size.migrations * size.pairs)} pairs, ${whole(size.auditEntries)} audit entries.

| measure | bar | measured | |
|---|---|---|---|
| slowest call of the API, p95 (${slowestCall.call}) | < ${bars.callP95Ms} ms | ${slowestCall.p95Ms.toFixed(0)} ms | ${slowestCall.p95Ms < bars.callP95Ms ? 'met' : 'missed'} |
| slowest screen until its first content, nothing cached (${slowestScreen.screen}) | ≤ ${bars.screenMs} ms | ${slowestScreen.p50Ms.toFixed(0)} ms | ${slowestScreen.p50Ms <= bars.screenMs ? 'met' : 'missed'} |
| data plane's requests/s with ${watched.browsers} browsers watching, to nobody watching | ≥ ${bars.watchedRatio} | ${watched.ratio.toFixed(3)} | ${watched.ratio >= bars.watchedRatio ? 'met' : 'missed'} |

## Every read of the API

| call | p50 | p95 | bytes |
|---|---|---|---|
${calls.map((one) => `| \`${one.call}\` | ${one.p50Ms.toFixed(1)} ms | ${one.p95Ms.toFixed(1)} ms | ${whole(one.bytes)} |`).join('\n')}

## Screens, until their first content

| screen | median | slowest |
|---|---|---|
${screens.map((one) => `| ${one.screen} | ${one.p50Ms.toFixed(0)} ms | ${one.worstMs.toFixed(0)} ms |`).join('\n')}

## GETs on a migrated path, as fast as they go

| | requests/s | p99 | errors |
|---|---|---|---|
${(['unwatched', 'watched'] as const)
  .map((which) => {
    const loads = watched[which];
    const errors = loads.reduce((sum, load) => sum + load.errors, 0);
    return `| ${which} | ${whole(rate(loads))} | ${median(loads.map((load) => load.p99Ms)).toFixed(2)} ms | ${errors} |`;
  })
  .join('\n')}
`;
}
