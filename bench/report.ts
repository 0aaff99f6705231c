import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { barsOf, renderBars } from './bars.ts';
import type { Contender } from './contenders/contender.ts';
import type { Machine } from './machine.ts';
import type { Finding } from './measures/finding.ts';
import type { Options } from './options.ts';
import type { Scenario } from './scenarios.ts';
import type { Summary, Turn } from './summary.ts';

export interface Report {
  /** Of the start, UTC. */
  readonly at: string;
  readonly machine: Machine;
  readonly options: Options;
  /** Others' share of the busier core, 0 to 1, before anything ran. */
  readonly noise: number;
  readonly contenders: readonly Contender[];
  readonly scenarios: readonly Scenario[];
  readonly summaries: readonly Summary[];
  readonly turns: readonly Turn[];
  readonly findings: readonly Finding[];
}

/** Writes `results/<day>-<commit>.json` and `.md`; returns their name without an ending. */
export async function saveReport(report: Report): Promise<string> {
  const folder = path.join(import.meta.dirname, 'results');
  const name = `${report.at.slice(0, 10)}-${report.machine.commit.replace('+', '-changed')}`;
  await mkdir(folder, { recursive: true });
  const { contenders, scenarios, options, ...rest } = report;
  const { rounds, seconds, warmUpSeconds, connections } = options;
  const conditions = {
    options: { rounds, seconds, warmUpSeconds, connections },
    contenders: Object.fromEntries(contenders.map(({ name, title }) => [name, title])),
    scenarios: Object.fromEntries(scenarios.map(({ name, title }) => [name, title])),
  };
  await writeFile(
    path.join(folder, `${name}.json`),
    `${JSON.stringify({ ...conditions, bars: barsOf(report), ...rest }, null, 2)}\n`,
  );
  await writeFile(path.join(folder, `${name}.md`), renderReport(report));
  return `results/${name}`;
}

export function renderReport(report: Report): string {
  const { machine, options, scenarios, contenders } = report;
  return `# Ficus and its peers, ${report.at.slice(0, 10)}

${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.kernel}. Node ${machine.node}, nginx ${machine.nginx},
HAProxy ${machine.haproxy}, wrk ${machine.wrk}, Ficus ${machine.commit}. The proxy on one core; wrk (1 thread, ${options.connections} connections kept alive) and
the upstream on another. Medians of ${options.rounds} rounds of ${options.seconds} s, every contender in every round, after ${options.warmUpSeconds} s of warm-up
each. Before the run others kept the busier core busy for ${percent(report.noise)}.

## Bars

${renderBars(barsOf(report))}

## Contenders

${contenders.map(({ name, title }) => `- ${name}: ${title}`).join('\n')}

${scenarios.map((scenario) => renderScenario(report, scenario)).join('\n')}
${report.findings.map(renderFinding).join('\n')}`;
}

function renderScenario({ summaries, contenders }: Report, { name, title }: Scenario): string {
  const rows = contenders.flatMap((contender) =>
    summaries.filter((one) => one.scenario === name && one.contender === contender.name).map(renderRow),
  );
  return `## ${title}

| | requests/s | lowest to highest | to nginx | to http-proxy | p50 | p99 | CPU a request | requests a CPU second | proxy's core | load's core | errors |
|---|---|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

function renderRow(one: Summary): string {
  const cells = [
    one.contender,
    whole(one.requestsPerSecond),
    `${whole(one.lowest)} to ${whole(one.highest)}`,
    one.toNginx?.toFixed(2) ?? '',
    one.toHttpProxy?.toFixed(2) ?? '',
    `${one.p50Ms.toFixed(2)} ms`,
    `${one.p99Ms.toFixed(2)} ms`,
    `${one.cpuUsPerRequest.toFixed(1)} µs`,
    one.cpuUsPerRequest > 0 ? whole(1e6 / one.cpuUsPerRequest) : '',
    percent(one.proxyCoreBusy),
    percent(one.loadCoreBusy),
    String(one.errors),
  ];
  return `| ${cells.join(' | ')} |`;
}

function renderFinding({ title, columns, rows }: Finding): string {
  const lines = [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `## ${title}\n\n${lines.join('\n')}\n`;
}

const whole = (value: number) => Math.round(value).toLocaleString('en-US');
const percent = (share: number) => `${Math.round(share * 100)} %`;
