/** A `.cpuprofile` as V8 writes it, as far as it is read here. */
interface CpuProfile {
  readonly startTime: number;
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** A table of the functions, and one of the files, that ran most between two moments (monotonic µs). */
export function selfTimes(
  text: string,
  { from, to, top }: { readonly from: number; readonly to: number; readonly top: number },
): string {
  const profile: CpuProfile = JSON.parse(text);
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const functions = new Map<string, number>();
  const files = new Map<string, number>();
  let at = profile.startTime;
  let sum = 0;
  let idle = 0;
  for (const [index, id] of profile.samples.entries()) {
    const us = profile.timeDeltas[index] ?? 0;
    at += us;
    if (at < from || at > to) continue;
    const { functionName, url, lineNumber } = frames.get(id)!;
    if (functionName === '(idle)') {
      idle += us;
      continue;
    }
    const file = shortened(url);
    const name = file ? `${functionName || '(anonymous)'}  ${file}:${lineNumber + 1}` : functionName;
    functions.set(name, (functions.get(name) ?? 0) + us);
    files.set(file || functionName, (files.get(file || functionName) ?? 0) + us);
    sum += us;
  }
  return [
    `\nSelf time by function, of ${(sum / 1e6).toFixed(1)} s at work (${(idle / 1e6).toFixed(1)} s idle):`,
    table(functions, sum, top),
    '\nSelf time by file:',
    table(files, sum, 25),
  ].join('\n');
}

const table = (times: ReadonlyMap<string, number>, sum: number, top: number) =>
  [...times]
    .sort((a, b) => b[1] - a[1])
    .slice(0, top)
    .map(([name, us]) => `${((100 * us) / sum).toFixed(2).padStart(6)} %  ${name}`)
    .join('\n');

const shortened = (url: string) => url.replace(/^file:\/\/.*?\/(?=proxy\/|node_modules\/|cli\/)/, '');
