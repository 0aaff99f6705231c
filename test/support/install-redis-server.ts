import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Debian's package starts a Redis on 6379 where an init system runs, unless policy-rc.d forbids it: tests
 * want the program, not the server, so one that forbids stands there during the install.
 */
const installScript = `
command -v redis-server > /dev/null && exit 0
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > "$policy" && chmod 755 "$policy"
fi
apt-get update && apt-get install --yes --no-install-recommends redis-server
`;

/** Installs redis-server by apt-get, or throws what is missing. Test processes run side by side: one installs, the others wait. */
export async function installRedisServer(): Promise<void> {
  const missing = 'redis-server is not on the PATH: install the package "redis-server"';
  if (process.getuid?.() !== 0) throw new Error(`${missing} (only root can do that here)`);
  const lock = join(tmpdir(), 'ficus-install-redis-server.lock');
  try {
    await run('flock', [lock, 'sh', '-c', installScript], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  } catch (error) {
    const output = (error as { stderr?: string }).stderr ?? '';
    throw new Error(`${missing} (apt-get could not: ${output.trim() || error})`, { cause: error });
  }
}
