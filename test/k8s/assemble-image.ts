import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { type Copy, copiesFromProject, type Instruction } from './dockerfile.ts';

const root = path.resolve(import.meta.dirname, '../..');

export interface Image {
  /** What it starts with. */
  readonly command: readonly string[];
  /** Runs a command in it as far as it goes. */
  run(command: readonly string[], env: Record<string, string>): SpawnSyncReturns<string>;
}

/** The files that an image gets, in a folder of their own, with this checkout's packages. */
export function assembleImage(folder: string, stages: readonly Instruction[][]): Image {
  for (const copy of stages.flatMap(copiesFromProject))
    put(copy, path.join(folder, path.resolve('/app', copy.destination)));
  linkPackages(path.join(folder, 'app'));
  const last = stages.at(-1)!;
  const wordsOf = (wanted: string) => last.findLast(({ name }) => name === wanted)?.words ?? [];
  const workDir = path.join(folder, wordsOf('WORKDIR')[0]!);
  mkdirSync(workDir, { recursive: true });
  return {
    command: [...wordsOf('ENTRYPOINT'), ...wordsOf('CMD')],
    run(command, env) {
      const [program = '', ...args] = command.map((word) =>
        word.startsWith('/app/') ? path.join(folder, word) : word,
      );
      const file = program === 'node' ? process.execPath : program;
      return spawnSync(file, args, { cwd: workDir, env, encoding: 'utf8', timeout: 20_000 });
    },
  };
}

function put({ sources, destination }: Copy, to: string): void {
  for (const source of sources) {
    const from = path.join(root, source);
    const intoFolder = statSync(from).isFile() && destination.endsWith('/');
    cpSync(from, intoFolder ? path.join(to, path.basename(source)) : to, { recursive: true });
  }
}

/** Each package by a link, but ours, which must be the copies. */
function linkPackages(app: string): void {
  const packages = path.join(app, 'node_modules');
  mkdirSync(path.join(packages, '@ficus'), { recursive: true });
  for (const name of globSync('*', { cwd: path.join(root, 'node_modules') })) {
    if (name !== '@ficus') symlinkSync(path.join(root, 'node_modules', name), path.join(packages, name));
  }
  for (const manifest of globSync('extracted-services/*/package.json', { cwd: app })) {
    const service = path.dirname(manifest);
    symlinkSync(path.join(app, service), path.join(packages, '@ficus', path.basename(service)));
  }
}
