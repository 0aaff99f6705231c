import type { Path, Reading, Report } from './problem.ts';

/** What could be read of a list; what could not is reported. */
export function readAll<T>(
  texts: readonly (string | undefined)[],
  read: (text: string) => Reading<T>,
  path: Path,
  report: Report,
): T[] {
  return texts.flatMap((text, index) => {
    if (text === undefined) return [];
    const reading = read(text);
    if ('value' in reading) return [reading.value];
    report([...path, index], reading.problem);
    return [];
  });
}
