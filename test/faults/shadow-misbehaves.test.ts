import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { createComparer } from '../../proxy/shadow/comparer.ts';
import type { ComparedPair } from '../../proxy/shadow/pair.ts';
import { sampleMigration } from '../proxy/routing/sample-routing.ts';
import { ScriptedUpstream, type UpstreamEnd } from '../support/scripted-upstream.ts';
import { until } from '../support/until.ts';
import { startShadowEstate } from './shadow-estate.ts';

const json = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, '['));

/** What a service can do wrong, by what its pair then says. */
const misdeeds: readonly [reason: RegExp, play: (connection: UpstreamEnd) => Promise<void> | void][] = [
  [/^service failed: .*(ECONNRESET|closed)/, (connection) => connection.reset()],
  [/^service failed: .*malformed/, (connection) => connection.send('HTTP/1.1 nonsense\r\n\r\n')],
  [
    /^service failed: .*closed/,
    (connection) => {
      connection.send(`${json}Content-Length: 100\r\n\r\n{"half":`);
      connection.end();
    },
  ],
  [
    /^service too-large: over 65536 bytes/,
    async (connection) => {
      connection.send(`${json}Transfer-Encoding: chunked\r\n\r\n`);
      const piece = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
      // As long as anybody reads it: 10 GB would not be enough.
      while (!connection.socket.destroyed) {
        connection.send(piece);
        await new Promise((turn) => setTimeout(turn, 1));
      }
    },
  ],
  [
    /^service .*(inflat|decod|large)/i,
    (connection) => {
      const head = `${json}Content-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`;
      connection.socket.write(Buffer.concat([Buffer.from(head), bomb]));
    },
  ],
  [
    /^service .*(gzip|decod|corrupt|header)/i,
    (connection) => connection.send(`${json}Content-Encoding: gzip\r\nContent-Length: 8\r\n\r\nnot gzip`),
  ],
];

test('resets, errors, endless bodies, bombs and nonsense from a shadow upstream are its pairs, and no client’s', async () => {
  const compared: ComparedPair[] = [];
  const comparer = createComparer({
    onCompared: (pair) => void compared.push(pair),
    onDropped: (reason) => assert.fail(`a pair was dropped: ${reason}`),
    log: pino({ level: 'silent' }),
    redactionKey: randomBytes(32),
    maxQueuedPairs: 1000,
    maxQueuedBytes: 64 * 1024 * 1024,
    timeBudgetMs: 5000,
  });
  let turn = 0;
  await using service = await ScriptedUpstream.start(async (connection) => {
    for (;;) {
      await connection.request();
      const misdeed = misdeeds[turn++];
      if (misdeed) await misdeed[1](connection);
      else connection.send('HTTP/1.1 500 Broken\r\nContent-Length: 4\r\n\r\nfine');
    }
  });
  await using shadow = await startShadowEstate({
    service: service.port,
    migration: {
      shadow: {
        timeoutMs: 500,
        maxBodyBytes: 65_536,
        compare: { ignore: [], unordered: [], tolerate: [] },
        redact: [],
      },
    },
    deliverPair(pair) {
      comparer.submit(pair);
      return true;
    },
  });
  comparer.setMigrations([sampleMigration('catalog', ['GET /a'])]);
  for (let i = 1; i <= misdeeds.length + 1; i++) {
    await shadow.ask(1);
    await until(`pair ${i} is compared`, () => compared.length === i);
  }
  for (const [index, [reason]] of misdeeds.entries()) {
    assert.equal(compared[index]!.outcome, 'incomparable');
    assert.match(compared[index]!.reason!, reason);
  }
  const last = compared.at(-1)!;
  assert.equal(last.outcome, 'differed');
  assert.ok(last.differences.some(({ place }) => place === 'status'));
  assert.deepEqual(shadow.dropped(), {});
  shadow.assertLedger();
  await comparer.close();
});
