/** One instruction; a form in brackets is read as the words it holds. */
export interface Instruction {
  readonly name: string;
  readonly words: readonly string[];
}

/** The instructions of a Dockerfile, stage by stage, with its arguments put in. */
export function readDockerfile(text: string, args: Readonly<Record<string, string>> = {}): Instruction[][] {
  const stages: Instruction[][] = [];
  const lines = text.replace(/^\s*#.*\n/gm, '').replace(/\\\n/g, ' ');
  for (const line of lines.split('\n').filter((line) => line.trim() !== '')) {
    const [, name = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    const filled = rest.replace(/\$\{(\w+)\}/g, (_, arg) => args[arg] ?? '');
    const words = filled.startsWith('[') ? JSON.parse(filled) : filled.split(/\s+/);
    if (name === 'FROM') stages.push([]);
    stages.at(-1)!.push({ name, words });
  }
  return stages;
}

export interface Copy {
  readonly sources: readonly string[];
  readonly destination: string;
}

/** What a stage copies from the project. */
export function copiesFromProject(stage: readonly Instruction[]): Copy[] {
  return stage
    .filter(({ name, words }) => name === 'COPY' && !words[0]?.startsWith('--from='))
    .map(({ words }) => ({ sources: words.slice(0, -1), destination: words.at(-1)! }));
}

/** Whether .dockerignore lets a file of the project through to the builder: the last line that fits decides. */
export function reachesBuilder(dockerignore: string, file: string): boolean {
  let reaches = true;
  for (const line of dockerignore.split('\n')) {
    const pattern = line.trim();
    if (pattern === '' || pattern.startsWith('#')) continue;
    const isException = pattern.startsWith('!');
    if (fits(file, isException ? pattern.slice(1) : pattern)) reaches = isException;
  }
  return reaches;
}

/** A pattern fits a file when it fits the file or a folder above it; unlike in a shell, `*` fits a leading dot. */
function fits(file: string, pattern: string): boolean {
  const source = pattern
    .replace(/[.+^$(){}|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*/g, (stars) => (stars === '*' ? '[^/]*' : '(?:.*/)?'));
  return new RegExp(`^${source}(?:/.*)?$`).test(file);
}
