import { execFileSync, spawnSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import path from 'node:path';
import type { Programs } from './programs.ts';

/** Where it ran, as far as it matters for the figures; nothing that names the machine. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly nginx: string;
  readonly haproxy: string;
  readonly wrk: string;
  /** Of Ficus; `+` for one with changes. */
  readonly commit: string;
}

export function describeMachine(programs: Programs): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${process.platform} ${/^[\d.]+/.exec(release())?.[0]}`,
    node: process.version,
    nginx: versionIn(programs.nginx, ['-v'], /nginx\/([\d.]+)/),
    haproxy: versionIn(programs.haproxy, ['-v'], /version ([\d.]+)/),
    wrk: versionIn(programs.wrk, ['-v'], /^wrk (\S+)/),
    commit: readCommit(),
  };
}

/** Both say it on either stream, and wrk fails when it does. */
function versionIn(program: string, args: readonly string[], pattern: RegExp): string {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return pattern.exec(`${stdout}${stderr}`)?.[1] ?? 'unknown';
}

function readCommit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: path.resolve(import.meta.dirname, '..'), encoding: 'utf8' }).trim();
  try {
    const changed = git('status', '--porcelain', '--', 'proxy', 'cli', 'bench', 'package-lock.json') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? '+' : ''}`;
  } catch {
    return 'unknown';
  }
}
