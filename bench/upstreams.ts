import { createHash } from 'node:crypto';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { BenchProcess, loadCore } from './bench-process.ts';
import { freePort } from './free-port.ts';
import { startNginx } from './nginx.ts';
import { answers } from './send-request.ts';

/** The monolith and the service, which answer alike but for the header that tells them apart. */
export interface Upstreams {
  readonly monolith: number;
  readonly service: number;
  /** How many requests for `copyCheck` have reached the service. */
  copies(): number;
  stop(): Promise<void>;
}

/** The last segment of a path at which the service counts. */
export const copyCheck = 'copy-check';
/** A large file, and where a large body may be sent. */
export const bigPath = '/big/';
export const bigBytes = 2 ** 30;

/** On both upstreams, tells what arrived; for checking, not for timing. */
export const echoPath = '/echo';
export const upstreamHeader = 'x-upstream';

export const bodyBytes = 1024;

export async function startUpstreams(nginx: string, folder: string): Promise<Upstreams> {
  const monolith = await freePort();
  const service = await freePort();
  const echo = await startEcho();
  const sinkPort = await freePort();
  const sink = await BenchProcess.start({
    name: 'sink',
    core: loadCore,
    command: [process.execPath, path.join(import.meta.dirname, 'servers/sink.ts'), String(sinkPort)],
    isUp: () => answers(sinkPort),
  });
  const files = path.join(folder, 'files');
  await mkdir(path.join(files, bigPath), { recursive: true });
  await writeFile(path.join(files, bigPath, 'down'), '');
  await truncate(path.join(files, bigPath, 'down'), bigBytes);
  const ports = { echo: echo.port, sink: sinkPort };
  const running = await startNginx({
    nginx,
    name: 'upstreams',
    core: loadCore,
    folder,
    port: monolith,
    servers: [server('monolith', monolith, ports, files), server('service', service, ports, files)].join(
      '\n',
    ),
  });
  return {
    monolith,
    service,
    copies: echo.copies,
    async stop() {
      await running.stop();
      await sink.stop();
      echo.stop();
    },
  };
}

const server = (
  name: string,
  port: number,
  ports: { readonly echo: number; readonly sink: number },
  files: string,
) => `
  server {
    listen 127.0.0.1:${port};
    add_header X-Upstream ${name};
    location / { return 200 '${answerBody()}'; }
    location = /.well-known/ficus { return 200 '{"service":"service","version":"bench","dryRun":false}'; }
    location ${echoPath} { proxy_pass http://127.0.0.1:${ports.echo}; }
    ${name === 'service' ? `location ~ /${copyCheck}$ { proxy_pass http://127.0.0.1:${ports.echo}; }` : ''}
    location ${bigPath} { root ${files}; }
    location ${bigPath}up {
      client_max_body_size 0;
      proxy_request_buffering off;
      proxy_http_version 1.1;
      proxy_pass http://127.0.0.1:${ports.sink};
    }
  }`;

/** A page of a product list. */
export function answerBody(): string {
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

async function startEcho(): Promise<{ port: number; copies(): number; stop(): void }> {
  const port = await freePort();
  let copies = 0;
  const server = createServer(async (request, response) => {
    if (request.url?.endsWith(`/${copyCheck}`)) copies++;
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
    copies: () => copies,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
