import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchProcess, proxyCore } from '../bench-process.ts';
import { freePort } from '../free-port.ts';
import { answers } from '../send-request.ts';
import type { Contender } from './contender.ts';

export const haproxy: Contender = {
  name: 'haproxy',
  title: 'HAProxy, `http-reuse always`, one thread',
  async start({ programs, upstreams, folder }) {
    const port = await freePort();
    const home = path.join(folder, 'haproxy');
    await mkdir(home, { recursive: true });
    const config = path.join(home, 'haproxy.cfg');
    await writeFile(config, configuration(port, upstreams.monolith));
    const process = await BenchProcess.start({
      name: 'haproxy',
      core: proxyCore,
      command: [programs.haproxy, '-db', '-f', config],
      isUp: () => answers(port),
    });
    return { port, process };
  },
};

const configuration = (port: number, upstreamPort: number) => `global
  nbthread 1
  maxconn 2000
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  http-reuse always
frontend clients
  bind 127.0.0.1:${port}
  default_backend monolith
backend monolith
  server monolith 127.0.0.1:${upstreamPort} pool-max-conn -1
`;
