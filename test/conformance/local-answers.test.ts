import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startTestProxy, type TestProxy, type TestProxyOptions } from '../proxy/data-plane/test-proxy.ts';
import { RawClient } from '../support/raw-client.ts';
import type { RawMessage } from '../support/raw-message.ts';
import { closedPort, type Script, ScriptedUpstream } from '../support/scripted-upstream.ts';
import { EchoUpstream } from './echo-upstream.ts';

const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: shop\r\n\r\n'.repeat(20);

interface LocalAnswer {
  readonly status: number;
  readonly name: string;
  /** Start line and lines before the framing. */
  readonly head: string;
  /** How the monolith behaves; it echoes unless said. */
  readonly monolith?: 'down' | Script;
  readonly options?: Partial<TestProxyOptions>;
  /** The answer is given once the body has come; else it is there without. */
  readonly needsBody?: boolean;
}

const post = 'POST /a HTTP/1.1\r\nHost: shop\r\n';
const silent: Script = () => new Promise(() => {});
const refusing = (answer: string): Script =>
  async function refuse(connection) {
    for (;;) {
      await connection.request();
      connection.send(answer);
    }
  };

const localAnswers: readonly LocalAnswer[] = [
  { status: 400, name: 'a fragment in the target', head: 'POST /a#b HTTP/1.1\r\nHost: shop\r\n' },
  { status: 400, name: 'two Hosts', head: `${post}Host: evil\r\n` },
  { status: 400, name: 'a header without a name', head: `${post}: x\r\n` },
  { status: 400, name: 'a dry run from outside', head: `${post}Ficus-Shadow: dry-run\r\n` },
  { status: 405, name: 'TRACE', head: 'TRACE /a HTTP/1.1\r\nHost: shop\r\n' },
  { status: 405, name: 'CONNECT', head: 'CONNECT shop:443 HTTP/1.1\r\nHost: shop\r\n' },
  { status: 417, name: 'an unknown expectation', head: `${post}Expect: tea\r\n` },
  { status: 431, name: 'a head over the limit', head: `${post}X-Big: ${'x'.repeat(70_000)}\r\n` },
  { status: 502, name: 'a monolith that is down', head: post, monolith: 'down' },
  {
    status: 502,
    name: 'a monolith that answers nonsense',
    head: post,
    monolith: refusing('nonsense\r\n\r\n'),
    needsBody: true,
  },
  {
    status: 504,
    name: 'a monolith that says nothing',
    head: post,
    monolith: silent,
    options: { upstream: { responseTimeoutMs: 150 } },
    needsBody: true,
  },
  {
    status: 503,
    name: 'a monolith whose connections are all in use',
    head: post,
    monolith: silent,
    options: { upstream: { maxConnections: 1, connectTimeoutMs: 100, responseTimeoutMs: 60_000 } },
  },
];

const sized = (body: string): string => `Content-Length: ${body.length}\r\n\r\n`;
const framings: readonly [name: string, lines: string, body: string][] = [
  ['a sized body', sized(smuggled), smuggled],
  [
    'a chunked body',
    'Transfer-Encoding: chunked\r\n\r\n',
    `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`,
  ],
  ['a sized body that waits for 100', `Expect: 100-continue\r\n${sized(smuggled)}`, smuggled],
];

describe('the unread body of a request that we answer ourselves is no request', () => {
  for (const localAnswer of localAnswers) {
    describe(`${localAnswer.status}, ${localAnswer.name}`, () => {
      let service: EchoUpstream;
      let monolith: ScriptedUpstream | EchoUpstream | undefined;
      let proxy: TestProxy;
      let busy: RawClient | undefined;

      before(async () => {
        service = await EchoUpstream.start();
        if (localAnswer.monolith !== 'down')
          monolith = localAnswer.monolith
            ? await ScriptedUpstream.start(localAnswer.monolith)
            : await EchoUpstream.start();
        proxy = await startTestProxy({
          monolith: monolith?.port ?? (await closedPort()),
          service: service.port,
          // So that what slips out is seen even where the monolith is down.
          routes: ['GET /smuggled', 'GET /canary'],
          ...localAnswer.options,
        });
        if (localAnswer.status === 503) busy = await occupy(proxy, monolith as ScriptedUpstream);
      });

      after(async () => {
        busy?.socket.destroy();
        await proxy.close(0);
        await monolith?.[Symbol.asyncDispose]();
        await service[Symbol.asyncDispose]();
      });

      for (const [framing, lines, body] of framings) {
        test(`${framing}, sent with its head`, async () => {
          using client = await RawClient.connect(proxy.port);
          client.send(localAnswer.head + lines + body);
          await assertAnsweredAlone(client, await finalAnswer(client));
        });
        if (localAnswer.needsBody) continue;
        test(`${framing}, sent after the answer`, async () => {
          using client = await RawClient.connect(proxy.port);
          client.send(localAnswer.head + lines);
          const answer = await finalAnswer(client);
          client.send(body);
          await assertAnsweredAlone(client, answer);
        });
      }

      /** The answer is whole; then the connection ends, or the body is gone and the next request has its own. */
      async function assertAnsweredAlone(client: RawClient, answer: RawMessage): Promise<void> {
        assert.equal(answer.status, localAnswer.status);
        assert.equal(answer.json()['status'], localAnswer.status);
        if (answer.value('Connection') === 'close') {
          assert.equal(await client.ending(), 'closed');
        } else {
          const canary = await client.ask('GET /canary HTTP/1.1\r\nHost: shop\r\n\r\n');
          assert.equal(canary.value('X-Target'), '/canary');
        }
        assert.equal(client.unread.toString('latin1'), '', 'nothing else is answered');
        assert.deepEqual(
          service.requests.filter(({ target }) => target !== '/canary'),
          [],
        );
        assert.deepEqual(service.problems, []);
      }
    });
  }
});

async function finalAnswer(client: RawClient): Promise<RawMessage> {
  for (;;) {
    const answer = await client.answer();
    if (answer.status >= 200) return answer;
  }
}

/** Holds the only connection to the monolith. */
async function occupy(proxy: TestProxy, monolith: ScriptedUpstream): Promise<RawClient> {
  const client = await RawClient.connect(proxy.port);
  client.send('GET /busy HTTP/1.1\r\nHost: shop\r\n\r\n');
  while (monolith.connections.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await monolith.connections[0]!.text('/busy');
  return client;
}

test('a body that stops coming is 408, and what comes later is no request', async () => {
  await using service = await EchoUpstream.start();
  await using monolith = await ScriptedUpstream.start(silent);
  await using proxy = await startTestProxy({
    monolith: monolith.port,
    service: service.port,
    routes: ['GET /smuggled'],
    upstream: { idleTimeoutMs: 150 },
  });
  using client = await RawClient.connect(proxy.port);
  client.send(`${post}Content-Length: ${smuggled.length + 1}\r\n\r\n${smuggled}`);
  const answer = await client.answer();
  assert.equal(answer.status, 408);
  client.send(`x${smuggled}`);
  assert.equal(await client.ending(), 'closed');
  assert.equal(client.unread.length, 0);
  assert.deepEqual(service.requests, []);
});

test('a head that does not come whole is 408, and what comes later is no request', async () => {
  await using monolith = await EchoUpstream.start();
  await using proxy = await startTestProxy({ monolith: monolith.port, listener: { headersTimeoutMs: 300 } });
  using client = await RawClient.connect(proxy.port);
  client.send(`${post}X-Slow: 1\r\n`);
  assert.equal((await client.answer()).status, 408);
  client.send(`\r\n${smuggled}`);
  assert.equal(await client.ending(), 'closed');
  assert.equal(client.unread.length, 0);
  assert.deepEqual(monolith.requests, []);
});

test('a client that uploads without end to a monolith that is down is cut off', {
  timeout: 20_000,
}, async () => {
  await using proxy = await startTestProxy({ monolith: await closedPort() });
  using client = await RawClient.connect(proxy.port);
  client.send(`${post}Transfer-Encoding: chunked\r\n\r\n`);
  const closed = new Promise<void>((resolve) => client.socket.once('close', () => resolve()));
  const chunk = Buffer.from(`10000\r\n${'x'.repeat(0x10000)}\r\n`);
  const upload = setInterval(() => client.send(chunk), 5);
  assert.equal((await client.answer()).status, 502);
  await closed.finally(() => clearInterval(upload));
});
