import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { loadCore } from './bench-process.ts';
import { freePort } from './free-port.ts';
import { startNginx } from './nginx.ts';

/** The monolith and the service, which answer alike but for the header that tells them apart. */
export interface Upstreams {
  readonly monolith: number;
  readonly service: number;
  stop(): Promise<void>;
}

/** On both upstreams, tells what arrived; for checking, not for timing. */
export const echoPath = '/echo';
export const upstreamHeader = 'x-upstream';

export const bodyBytes = 756;

export async function startUpstreams(nginx: string, folder: string): Promise<Upstreams> {
  const monolith = await freePort();
  const service = await freePort();
  const echo = await startEcho();
  const process = await startNginx({
    nginx,
    name: 'upstreams',
    core: loadCore,
    folder,
    port: monolith,
    servers: [server('monolith', monolith, echo.port), server('service', service, echo.port)].join('\n'),
  });
  return {
    monolith,
    service,
    async stop() {
      await process.stop();
      echo.stop();
    },
  };
}

const server = (name: string, port: number, echoPort: number) => `
  server {
    listen 127.0.0.1:${port};
    add_header X-Upstream ${name};
    location / { return 200 '${answerBody()}'; }
    location = /.well-known/ficus { return 200 '{"service":"service","version":"bench","dryRun":false}'; }
    location ${echoPath} { proxy_pass http://127.0.0.1:${echoPort}; }
  }`;

/** A page of a product list. */
function answerBody(): string {
  const items = Array.from({ length: 7 }, (_, item) => ({
    sku: `P-${100_000 + item}`,
    name: `Watering can, ${item + 2} litres, green`,
    price: { amount: '12.90', currency: 'EUR' },
  }));
  const text = JSON.stringify({ items, next: '' });
  return text.replace('"next":""', `"next":"${'c'.repeat(bodyBytes - text.length)}"`);
}

/** What arrived at an upstream, in the words of the echo. */
export interface Arrived {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
  readonly bodySha256: string;
}

async function startEcho(): Promise<{ port: number; stop(): void }> {
  const port = await freePort();
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const arrived: Arrived = {
      method: request.method ?? '',
      target: request.url ?? '',
      headers: request.rawHeaders,
      bodySha256: createHash('sha256').update(body).digest('hex'),
    };
    response.end(JSON.stringify(arrived));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
