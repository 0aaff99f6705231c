import path from 'node:path';
import { BenchProcess, proxyCore } from '../bench-process.ts';
import { freePort } from '../free-port.ts';
import { answers } from '../send-request.ts';
import type { Contender } from './contender.ts';

/** A proxy that is a library: `server` is a script that takes the port to listen on and the upstream's. */
export function nodeProxy(name: string, title: string, server: string): Contender {
  return {
    name,
    title,
    async start({ upstreams }) {
      const port = await freePort();
      const script = path.join(import.meta.dirname, '../servers', server);
      const started = await BenchProcess.start({
        name,
        core: proxyCore,
        command: [process.execPath, script, String(port), String(upstreams.monolith)],
        env: { NODE_ENV: 'production' },
        isUp: () => answers(port),
      });
      return { port, process: started };
    },
  };
}
