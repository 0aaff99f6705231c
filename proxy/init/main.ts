import { writeFile } from 'node:fs/promises';
import { readRoute } from '../config/read-route.ts';
import { RecordingError } from '../recording/recording-error.ts';
import type { FoundRoute } from './found-route.ts';
import { groupRoutes } from './group-routes.ts';
import { readSource, type Source, SourceError } from './read-source.ts';
import { writeRoutes } from './write-routes.ts';

/** What `ficus init` tells this program, as one JSON argument. */
interface InitOrder {
  readonly from: string;
  readonly monolith?: string;
  readonly out?: string;
  readonly force: boolean;
  readonly json: boolean;
}

/** Most routes of one file: what is more is no description of a system but of its data. */
const maxRoutes = 2000;

async function main({ from, monolith, out, force, json }: InitOrder): Promise<void> {
  const source = await readSource(from, monolith === undefined ? undefined : new URL(monolith).origin);
  const { routes, problems } = soundRoutes(source);
  if (routes.length === 0) throw new SourceError(`${from} shows no route`);
  const groups = groupRoutes(routes);
  const text = writeRoutes({
    origin: originOf(from, source, routes.length),
    monolith: monolith ?? source.origin ?? 'http://127.0.0.1:9000',
    groups,
  });
  if (out !== undefined) {
    await writeFile(out, text, { flag: force ? 'w' : 'wx' }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw new SourceError(`${out} exists; --force writes over it`);
      throw new SourceError(`${out} could not be written: ${error.code}`);
    });
  }
  const notes = [...leftOutNotes(source), ...source.problems, ...problems];
  if (json) print(process.stdout, JSON.stringify(summaryOf(source, groups, out, notes), null, 2));
  else if (out === undefined) process.stdout.write(text);
  else
    print(
      process.stdout,
      `${out}: ${routes.length} routes in ${groups.length} groups, of ${describe(source)}`,
    );
  if (!json) for (const note of notes) print(process.stderr, `note: ${note}`);
}

/** What `ficus check` would refuse is left out and named, instead of a file that nobody can use. */
function soundRoutes({ routes }: Source): { routes: FoundRoute[]; problems: string[] } {
  const sound: FoundRoute[] = [];
  const problems: string[] = [];
  const shapes = new Set<string>();
  const busiestFirst = [...routes].sort((a, b) => (b.counts?.requests ?? 0) - (a.counts?.requests ?? 0));
  for (const route of busiestFirst) {
    const read = readRoute(`${route.method} ${route.template}`);
    const shape = 'problem' in read ? '' : `${route.method} ${read.value.template.shape}`;
    if ('problem' in read) problems.push(`left out: ${read.problem}`);
    else if (shapes.has(shape))
      problems.push(`left out: ${route.method} ${route.template} is the same as another route`);
    else if (sound.length >= maxRoutes)
      problems.push(`left out: ${route.method} ${route.template}, one route too many`);
    else {
      shapes.add(shape);
      sound.push(route);
    }
  }
  const shown = problems.slice(0, 10);
  return {
    routes: sound,
    problems: shown.length < problems.length ? [...shown, `… and ${problems.length - 10} more`] : shown,
  };
}

function originOf(from: string, source: Source, routes: number): string[] {
  const name = from.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?').slice(-200);
  return [
    `Written by \`ficus init --from ${name}\`: ${routes} routes, of ${describe(source)}.`,
    ...leftOutNotes(source).map((note) => `${note[0]?.toUpperCase()}${note.slice(1)}.`),
    'Read it, change what is wrong, and ask `ficus check`. Every setting: docs/routes.md',
  ];
}

function describe({ kind, requests, malformed }: Source): string {
  if (kind === 'openapi') return 'an OpenAPI document';
  const unread =
    malformed > 0 ? ` (${malformed} ${kind === 'har' ? 'entries' : 'lines'} are no request)` : '';
  return `${requests} requests of ${kind === 'har' ? 'a HAR' : 'an access log'}${unread}`;
}

function leftOutNotes({ leftOut }: Source): string[] {
  const parts = Object.entries(leftOut).filter(([, number]) => number > 0);
  if (parts.length === 0) return [];
  return [`requests that make no route: ${parts.map(([why, number]) => `${number} ${why}`).join(', ')}`];
}

function summaryOf(
  source: Source,
  groups: ReturnType<typeof groupRoutes>,
  out: string | undefined,
  notes: string[],
) {
  const { kind, requests, malformed, leftOut } = source;
  return {
    ...(out !== undefined && { out }),
    kind,
    requests,
    malformed,
    leftOut,
    notes,
    groups: groups.map(({ id, counts, reads, failed, reason, routes }) => ({
      id,
      requests: counts.requests,
      reads,
      failed,
      reason,
      routes: routes.map(({ method, template, counts: own }) => ({
        route: `${method} ${template}`,
        ...(own && {
          requests: own.requests,
          failed: own.failed,
          p50Ms: own.percentileMs(0.5),
          p99Ms: own.percentileMs(0.99),
        }),
      })),
    })),
  };
}

/** Paths and names come from whoever sent the requests: nothing of them may steer a terminal. */
function print(stream: NodeJS.WriteStream, text: string): void {
  stream.write(`${text.replace(/[^\P{Cc}\n]|\p{Cf}|\p{Zl}|\p{Zp}/gu, '?')}\n`);
}

const order = JSON.parse(process.argv[2] ?? '{}') as InitOrder;
try {
  await main(order);
} catch (error) {
  if (!(error instanceof SourceError || error instanceof RecordingError)) throw error;
  if (order.json) {
    const problem = {
      type: 'urn:ficus:problem:no_routes',
      title: 'No routes were written',
      code: 'no_routes',
    };
    print(process.stdout, JSON.stringify({ ...problem, detail: error.message }, null, 2));
  }
  print(process.stderr, `ficus: ${error.message}`);
  process.exitCode = 1;
}
