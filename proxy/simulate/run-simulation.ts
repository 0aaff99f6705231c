import { noNotes, type ReadingNotes, readRecordings } from '../recording/read-recording.ts';
import { type Destine, isSame } from './destination.ts';
import type { ChangedGroup, Destination } from './protocol.ts';

export interface Simulated {
  readonly requests: number;
  readonly changed: number;
  readonly groups: readonly ChangedGroup[];
  readonly ungrouped: number;
  readonly notes: ReadingNotes;
}

/** However many requests there are: their groups are as many as pairs of routes, and no more than this are kept. */
const maxGroups = 500;
const maxExamples = 3;
const longestExample = 200;

/** Sends every recorded request both ways, on paper. In flat memory. */
export async function runSimulation(options: {
  readonly files: readonly string[];
  readonly before: Destine;
  readonly after: Destine;
  readonly onProgress: (requests: number, changed: number) => void;
}): Promise<Simulated> {
  const { before: destineBefore, after: destineAfter } = options;
  const notes = noNotes();
  const groups = new Map<string, ChangedGroup & { requests: number; examples: string[] }>();
  let [requests, changed, ungrouped] = [0, 0, 0];
  for await (const exchange of readRecordings(options.files, notes)) {
    requests++;
    options.onProgress(requests, changed);
    const before = destineBefore(exchange);
    const after = destineAfter(exchange);
    if (isSame(before, after)) continue;
    changed++;
    const key = JSON.stringify([keyOf(before), keyOf(after)]);
    let group = groups.get(key);
    if (!group) {
      if (groups.size >= maxGroups) {
        ungrouped++;
        continue;
      }
      group = { before, after, requests: 0, examples: [] };
      groups.set(key, group);
    }
    group.requests++;
    const { method, target } = exchange.request;
    const example = `${method} ${target}`.slice(0, longestExample);
    if (group.examples.length < maxExamples && !group.examples.includes(example))
      group.examples.push(example);
  }
  return {
    requests,
    changed,
    ungrouped,
    notes,
    groups: [...groups.values()].toSorted((one, other) => other.requests - one.requests),
  };
}

const keyOf = ({ migration, route, upstream, side, shadow }: Destination) => [
  migration ?? null,
  route ?? null,
  upstream ?? null,
  side,
  shadow ?? null,
];
