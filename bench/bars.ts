import type { Finding } from './measures/finding.ts';
import type { Summary } from './summary.ts';

export interface Bar {
  readonly measure: string;
  readonly bar: string;
  readonly measured: string;
  readonly met: boolean;
}

interface Measured {
  readonly summaries: readonly Summary[];
  readonly findings: readonly Finding[];
}

const nodePeers = ['http-proxy-3', 'httpxy', 'fastify-http-proxy', 'http-proxy-middleware'];

/** What Ficus is to reach, as far as this run measured it. */
export function barsOf(measured: Measured): Bar[] {
  return [
    ...ratioBar(measured, 'GET, 1 KB', 'get', 'ficus', 'nginx', 0.6),
    ...ratioBar(measured, 'GET, 1 KB', 'get', 'ficus', 'http-proxy', 2.5),
    ...nodePeers.flatMap((peer) => ratioBar(measured, 'GET, 1 KB', 'get', 'ficus', peer, 2)),
    ...ratioBar(measured, 'GET with ten browser headers', 'get-browser', 'ficus', 'haproxy', 0.6),
    ...halfLoadBar(measured, 'each at half of its own maximum', 'nginx, half of own: p99'),
    ...halfLoadBar(measured, "both at half of Ficus' maximum", "nginx, half of ficus': p99"),
    ...ratioBar(measured, 'two workers, requests/s', 'workers', 'ficus-2-workers', 'ficus', 1.8),
    ...workersByCpu(measured),
    ...shadowBars(measured),
    ...ratioBar(measured, '10,000 routes', 'routes', 'ficus-10k-routes', 'ficus-10-routes', 0.95),
    ...ratioBar(measured, 'POST 10 KB JSON', 'post-10k', 'ficus', 'http-proxy', 2),
    ...['down', 'up'].flatMap((way) => [
      ...atMost(
        measured,
        `1 GiB ${way}, memory above idle`,
        'big-body',
        `ficus, ${way}: peak MiB`,
        64,
        'MiB',
      ),
      ...atLeast(measured, `1 GiB ${way}, throughput`, 'big-body', `${way}: to nginx`, 0.8, '× nginx'),
    ]),
    ...atMost(measured, '10,000 idle connections', 'idle-connections', 'ficus: KiB', 15, 'KiB each'),
    ...atMost(measured, 'start to first request served', 'start', 'ficus: ms', 500, 'ms'),
  ];
}

export function renderBars(bars: readonly Bar[]): string {
  if (bars.length === 0) return 'None of the measures that ran has one.';
  const rows = bars.map(
    ({ measure, bar, measured, met }) => `| ${measure} | ${bar} | ${measured} | ${met ? 'met' : 'missed'} |`,
  );
  return ['| measure | bar | measured | |', '|---|---|---|---|', ...rows].join('\n');
}

function ratioBar(
  { summaries }: Measured,
  measure: string,
  scenario: string,
  contender: string,
  to: string,
  least: number,
): Bar[] {
  const ratio = summaries.find((one) => one.scenario === scenario && one.contender === contender)?.to[to];
  if (ratio === undefined) return [];
  const unit = `× ${to}`;
  return [
    { measure, bar: `≥ ${least} ${unit}`, measured: `${ratio.toFixed(2)} ${unit}`, met: ratio >= least },
  ];
}

/** Where load and workers share the cores, this says what two of them would do with two cores of their own. */
function workersByCpu({ summaries }: Measured): Bar[] {
  const cpu = (contender: string) =>
    summaries.find((one) => one.scenario === 'workers' && one.contender === contender)?.cpuUsPerRequest;
  const one = cpu('ficus');
  const two = cpu('ficus-2-workers');
  if (!one || !two) return [];
  const times = (2 * one) / two;
  return [
    {
      measure: 'two workers, by CPU time: twice the requests a CPU second, to those of one',
      bar: '≥ 1.8 ×',
      measured: `${times.toFixed(2)} ×`,
      met: times >= 1.8,
    },
  ];
}

/** Against what shadowing costs elsewhere, and against not shadowing at all. */
function shadowBars(measured: Measured): Bar[] {
  const of = (contender: string) =>
    measured.summaries.find((one) => one.scenario === 'shadow-2-cores' && one.contender === contender);
  const ours = of('ficus-shadow-2-cores');
  const theirs = of('nginx-mirror-2-workers');
  const bars: Bar[] = [];
  if (ours && theirs) {
    const times = ours.requestsPerSecond / theirs.requestsPerSecond;
    bars.push(
      {
        measure: 'every GET copied and compared, one worker and its comparer on two cores',
        bar: '≥ 2 × nginx mirror with two workers',
        measured: `${times.toFixed(2)} ×`,
        met: times >= 2,
      },
      {
        measure: 'the same, p99',
        bar: `≤ half of nginx mirror's (${(theirs.p99Ms / 2).toFixed(2)} ms)`,
        measured: `${ours.p99Ms.toFixed(2)} ms`,
        met: ours.p99Ms <= theirs.p99Ms / 2,
      },
    );
  }
  const offMs = foundValue(measured, 'shadow-latency', 'off: p99');
  if (offMs === undefined) return bars;
  const most = Number(Math.max(1.1 * offMs, offMs + 0.3).toFixed(2));
  for (const turn of ['on', 'hung', 'reset', 'slow']) {
    const what = `5,000 requests/s, shadow 100 %, ${turn}`;
    bars.push(
      ...atMost(measured, `${what}: p99`, 'shadow-latency', `${turn}: p99`, most, 'ms'),
      ...atMost(measured, `${what}: errors`, 'shadow-latency', `${turn}: errors`, 0, ''),
      ...atMost(measured, `${what}: memory over the start`, 'shadow-latency', `${turn}: MiB`, 64, 'MiB'),
    );
  }
  return bars;
}

function halfLoadBar({ findings }: Measured, how: string, other: string): Bar[] {
  const values = findings.find(({ name }) => name === 'half-load')?.values;
  const ours = values?.['ficus, half of own: p99'];
  const theirs = values?.[other];
  if (ours === undefined || theirs === undefined) return [];
  return [
    {
      measure: `p99, ${how}`,
      bar: `≤ nginx + 1 ms (${(theirs + 1).toFixed(2)} ms)`,
      measured: `${ours.toFixed(2)} ms`,
      met: ours <= theirs + 1,
    },
  ];
}

const foundValue = ({ findings }: Measured, finding: string, value: string) =>
  findings.find(({ name }) => name === finding)?.values[value];

function atMost(
  all: Measured,
  measure: string,
  finding: string,
  of: string,
  most: number,
  unit: string,
): Bar[] {
  const value = foundValue(all, finding, of);
  if (value === undefined) return [];
  return [{ measure, bar: `≤ ${most} ${unit}`, measured: `${value.toFixed(1)} ${unit}`, met: value <= most }];
}

function atLeast(
  all: Measured,
  measure: string,
  finding: string,
  of: string,
  least: number,
  unit: string,
): Bar[] {
  const value = foundValue(all, finding, of);
  if (value === undefined) return [];
  return [
    { measure, bar: `≥ ${least} ${unit}`, measured: `${value.toFixed(2)} ${unit}`, met: value >= least },
  ];
}
