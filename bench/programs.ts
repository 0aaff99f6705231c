import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Programs that must be there, with the Debian package that brings each. */
const packages = {
  wrk: 'wrk',
  nginx: 'nginx-light',
  haproxy: 'haproxy',
  taskset: 'util-linux',
  prlimit: 'util-linux',
};

export type Programs = Readonly<Record<keyof typeof packages, string>>;

/**
 * Debian's nginx would start a server on port 80 where an init system runs, unless policy-rc.d forbids it:
 * only the program is wanted, so one that forbids stands there during the install.
 */
const installScript = `
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > "$policy" && chmod 755 "$policy"
fi
apt-get update && apt-get install --yes --no-install-recommends "$@"
`;

/** Finds them, installs what is missing where that is possible, or throws what to install. */
export function findPrograms(): Programs {
  const missing = () => names.filter((name) => find(name) === undefined).map((name) => packages[name]);
  const names = Object.keys(packages) as (keyof typeof packages)[];
  if (missing().length > 0) {
    const advice = `Install ${missing().join(', ')}: the bench needs ${names.join(', ')} on the PATH`;
    if (process.getuid?.() !== 0 || find('apt-get') === undefined) throw new Error(advice);
    try {
      execFileSync('sh', ['-c', installScript, 'sh', ...missing()], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    } catch (cause) {
      throw new Error(advice, { cause });
    }
  }
  return Object.fromEntries(names.map((name) => [name, find(name)!])) as Programs;
}

function find(name: string): string | undefined {
  // Where nginx is, for those whose PATH ends before it.
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin'];
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
