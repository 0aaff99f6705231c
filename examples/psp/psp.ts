import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** What the provider has on its books. */
export type LedgerEntry = {
  id: string;
  /** Whose it is, by the Api-Key it came with. */
  account: string;
  kind: 'authorisation' | 'capture' | 'refund';
  authorisation: string;
  amountMinor: number;
  outcome: 'approved' | 'declined';
};

export type Psp = {
  url: string;
  ledger: readonly LedgerEntry[];
  /** How often it was only asked what it would say. */
  simulations(): number;
  close(): Promise<void>;
};

type Answer = { status: number; body: object };

/**
 * Another company's payment provider, as its sandbox would be: everything in memory. An amount that ends in 51 is
 * declined, which is ISO 8583's code for insufficient funds. The same Idempotency-Key gets the same answer again.
 *
 *     POST /authorisations            { amountMinor, currency, method } -> { authorisation, outcome, code }
 *     POST /authorisations/simulate   the same question, and nothing is booked
 *     POST /authorisations/ID/captures and /refunds   { amountMinor }
 *     GET  /ledger                    everything booked
 */
export async function startPsp({ host, port }: { host: string; port: number }): Promise<Psp> {
  const ledger: LedgerEntry[] = [];
  const answered = new Map<string, Answer>();
  let simulations = 0;

  function book(entry: Omit<LedgerEntry, 'id'>): LedgerEntry {
    const booked = { id: randomUUID(), ...entry };
    ledger.push(booked);
    return booked;
  }

  function answerPost(path: string, account: string, amountMinor: number): Answer {
    const outcome = amountMinor % 100 === 51 ? 'declined' : 'approved';
    const code = outcome === 'declined' ? '51' : '00';
    if (path === '/authorisations/simulate') {
      simulations++;
      return { status: 200, body: { outcome, code } };
    }
    if (path === '/authorisations') {
      const authorisation = `psp_${randomUUID()}`;
      book({ account, kind: 'authorisation', authorisation, amountMinor, outcome });
      return { status: 201, body: { authorisation, outcome, code } };
    }
    const [, authorisation, what] =
      /^\/authorisations\/(psp_[\w-]{1,40})\/(capture|refund)s$/.exec(path) ?? [];
    if (authorisation === undefined) return { status: 404, body: { error: `No path ${path}` } };
    const kind = what as 'capture' | 'refund';
    const { id } = book({ account, kind, authorisation, amountMinor, outcome: 'approved' });
    return { status: 201, body: { id } };
  }

  async function answer(request: IncomingMessage): Promise<Answer> {
    const { method, url = '', headers } = request;
    if (method === 'GET' && url === '/ledger') {
      return { status: 200, body: { entries: ledger, simulations } };
    }
    if (method !== 'POST') return { status: 404, body: { error: `No path ${url}` } };
    const { amountMinor } = (await json(request)) as { amountMinor?: unknown };
    if (typeof amountMinor !== 'number') return { status: 400, body: { error: 'amountMinor is missing' } };
    const account = String(headers['api-key'] ?? 'nobody');
    const key = headers['idempotency-key'];
    const before = key === undefined ? undefined : answered.get(`${url} ${key}`);
    if (before !== undefined) return before;
    const first = answerPost(url, account, amountMinor);
    if (key !== undefined) answered.set(`${url} ${key}`, first);
    return first;
  }

  const server = createServer((request, response) => {
    answer(request)
      .catch((): Answer => ({ status: 400, body: { error: 'The body is not JSON' } }))
      .then((answer) => send(response, answer));
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    ledger,
    simulations: () => simulations,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
