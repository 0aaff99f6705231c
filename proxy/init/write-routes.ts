import type { FoundRoute } from './found-route.ts';
import type { RouteGroup } from './group-routes.ts';

export interface RoutesText {
  /** What the file was made from, for its first lines. */
  readonly origin: readonly string[];
  readonly monolith: string;
  readonly groups: readonly RouteGroup[];
}

/** Ports of services that are to be built; whoever builds them changes the addresses. */
const firstServicePort = 9001;

/**
 * A routes.yaml with the first suggestion as its one migration; the others follow as comments, in the order of
 * the suggestion, since their services do not exist.
 */
export function writeRoutes({ origin, monolith, groups }: RoutesText): string {
  const [first, ...others] = groups;
  const total = groups.reduce((sum, { counts }) => sum + counts.requests, 0);
  const upstream = ({ id }: RouteGroup, index: number) =>
    `  ${id}: { url: "http://127.0.0.1:${firstServicePort + index}" }`;
  const lines = [
    ...origin.map((line) => `# ${line}`),
    '#',
    '# Routes with the same first segment probably share state, so they move together. First comes what is mostly',
    '# read (90 %), fails little (1 %) and has the most requests; then what is written to; then what fails; files last.',
    'version: 1',
    'upstreams:',
    `  monolith: { url: ${JSON.stringify(monolith)} }`,
    ...(first ? ['  # To be built. Nothing is sent to it before a flag says so.', upstream(first, 0)] : []),
    ...others.map((group, index) => `  # ${upstream(group, index + 1).trim()}`),
    'default: monolith',
    ...(first
      ? ['migrations:', ...describe(first, 1, total), ...migration(first)]
      : ['# No route was found.']),
    ...others.flatMap((group, index) => [
      '',
      ...describe(group, index + 2, total),
      ...migration(group).map(commented),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function commented(line: string): string {
  return `  # ${line.slice(2)}`;
}

function describe(
  { id, counts, reads, failed, routes, reason }: RouteGroup,
  rank: number,
  total: number,
): string[] {
  const facts =
    counts.requests > 0
      ? [
          `${number(counts.requests)} requests (${percent(counts.requests / total)})`,
          `${percent(reads)} of them reads`,
          `${percent(failed)} failed`,
          ...latency(counts),
        ]
      : [`${routes.length} routes`, `${percent(reads)} of them reads`];
  return [
    `  # ${rank}. ${id}: ${facts.join(', ')}.`,
    `  #    ${reason[0]?.toUpperCase()}${reason.slice(1)}.`,
  ];
}

function migration({ id, routes }: RouteGroup): string[] {
  const texts = routes.map((route) => `      - ${route.method} ${route.template}`);
  const width = Math.min(Math.max(...texts.map((text) => text.length)), 70);
  return [
    `  ${id}:`,
    `    service: ${id}`,
    '    routes:',
    ...routes.map((route, index) => `${texts[index]?.padEnd(width)}${noteOf(route)}`.trimEnd()),
  ];
}

function noteOf({ counts, note }: FoundRoute): string {
  if (counts === undefined) return note === undefined ? '' : ` # ${note}`;
  const failed = counts.failed === 0 ? 'none failed' : `${percent(counts.failed / counts.requests)} failed`;
  return ` # ${[`${number(counts.requests)} requests`, failed, ...latency(counts)].join(', ')}`;
}

function latency(counts: { percentileMs(part: number): number | undefined }): string[] {
  const [p50, p99] = [counts.percentileMs(0.5), counts.percentileMs(0.99)];
  return p50 === undefined || p99 === undefined ? [] : [`p50 ${ms(p50)}, p99 ${ms(p99)}`];
}

const numberFormat = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const number = (value: number): string => numberFormat.format(value);
const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : number(value)} ms`;

/** Neither a few nor all but a few are rounded away. */
function percent(ratio: number): string {
  if (ratio > 0 && ratio < 0.001) return '< 0.1 %';
  if (ratio < 1 && ratio > 0.999) return '> 99.9 %';
  return `${Number((ratio * 100).toFixed(1))} %`;
}
