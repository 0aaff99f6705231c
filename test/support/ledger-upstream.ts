import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { answerTo, ID_HEADER, SERIAL_HEADER, type UpstreamRecord } from './ledger.ts';

export interface LedgerServerOptions {
  readonly name: string;
  /** Called before an answer is handed over, so that even a killed upstream has said what it did. */
  readonly record: (record: UpstreamRecord) => void;
  readonly port?: number;
  readonly keepAliveTimeoutMs?: number;
  /** Keeps it to itself how long connections may lie idle. */
  readonly hidesKeepAlive?: boolean;
  /** Of every answer, in pieces of 64 bytes. */
  readonly pieces?: number;
}

/** An upstream of Node's own that answers each id with what only that id can get, after `X-Delay-Ms`. */
export async function startLedgerServer(options: LedgerServerOptions): Promise<Server> {
  const { name, record, pieces = 1 } = options;
  const server = createServer({ keepAliveTimeout: options.keepAliveTimeoutMs ?? 60_000, requestTimeout: 0 });
  // Node waits a second longer than it says.
  server.keepAliveTimeoutBuffer = 0;
  server.on('request', async (req, res) => {
    const id = String(req.headers[ID_HEADER.toLowerCase()] ?? '');
    const serial = `${name}-${randomUUID()}`;
    const tell = (complete: boolean): void => {
      // The supervisor asks for the build now and then.
      if (id !== '') record({ upstream: name, serial, id, method: req.method!, complete });
    };
    try {
      for await (const _ of req);
    } catch {
      tell(false);
      return;
    }
    const delay = Number(req.headers['x-delay-ms'] ?? 0);
    if (delay > 0) await wait(delay);
    if (res.destroyed) {
      tell(false);
      return;
    }
    if (options.hidesKeepAlive) res.setHeader('Connection', 'keep-alive');
    const body = answerTo(id, pieces);
    res.setHeader(SERIAL_HEADER, serial);
    res.setHeader('Content-Length', body.length);
    tell(true);
    res.end(body);
  });
  server.listen({ port: options.port ?? 0, host: '127.0.0.1' });
  await once(server, 'listening');
  return server;
}

/** The same in this process, as something that tests can dispose of. */
export class LedgerUpstream {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(options: LedgerServerOptions): Promise<LedgerUpstream> {
    return new LedgerUpstream(await startLedgerServer(options));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
