import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export type StubAnswer = (request: IncomingMessage, response: ServerResponse) => void;

/** An Unleash server that answers as badly as a test needs it to. */
export interface StubUnleash {
  readonly url: string;
  /** Number of requests so far. */
  readonly requests: () => number;
  answer(next: StubAnswer): void;
  close(): Promise<void>;
}

export async function startStubUnleash(first: StubAnswer): Promise<StubUnleash> {
  let current = first;
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    current(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return {
    url: `http://127.0.0.1:${address.port}/api`,
    requests: () => requests,
    answer(next) {
      current = next;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export const answerJson =
  (body: unknown, status = 200): StubAnswer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

export const answerFeatures = (...features: unknown[]): StubAnswer => answerJson({ version: 2, features });
