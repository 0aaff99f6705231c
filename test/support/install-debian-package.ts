import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Debian's packages start their server where an init system runs, unless policy-rc.d forbids it: tests want
 * the program, not the server, so one that forbids stands there during the install.
 */
const installScript = `
command -v "$1" > /dev/null && exit 0
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > "$policy" && chmod 755 "$policy"
fi
apt-get update && apt-get install --yes --no-install-recommends "$2"
`;

/**
 * Sees to it that a program is there: installs its package by apt-get, or throws what is missing. Test
 * processes run side by side: one installs, the others wait.
 */
export async function installDebianPackage(program: string, packageName = program): Promise<void> {
  if (await isOnPath(program)) return;
  const missing = `${program} is not on the PATH: install the package "${packageName}"`;
  if (process.getuid?.() !== 0) throw new Error(`${missing} (only root can do that here)`);
  // One lock for all: apt-get itself takes one at a time.
  const lock = join(tmpdir(), 'ficus-install-debian-package.lock');
  try {
    await run('flock', [lock, 'sh', '-c', installScript, 'sh', program, packageName], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  } catch (error) {
    const output = (error as { stderr?: string }).stderr ?? '';
    throw new Error(`${missing} (apt-get could not: ${output.trim() || error})`, { cause: error });
  }
}

const isOnPath = (program: string): Promise<boolean> =>
  run('sh', ['-c', 'command -v "$1"', 'sh', program]).then(
    () => true,
    () => false,
  );
