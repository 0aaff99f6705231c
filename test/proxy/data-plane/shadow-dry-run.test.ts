import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RawClient } from '../../support/raw-client.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { until } from '../../support/until.ts';
import { sampleRoute } from '../routing/sample-routing.ts';
import { snapshotOf, startTestEstate, type TestEstateOptions } from './test-estate.ts';

const answer = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const post = 'POST /a HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n\r\nhello';
const announcement = (dryRun: boolean) => answer(JSON.stringify({ service: 'a', version: '1', dryRun }));
const optionsFor = (monolith: number, service: number): TestEstateOptions => ({
  monolith,
  service,
  shares: { shadow: 100 },
  routes: [sampleRoute('POST /a', 'dry-run')],
  canDryRun: true,
});

describe('a write is copied only to who says, on that very connection, that it runs dry', () => {
  test('one question for a connection, then copies', async () => {
    await using monolith = await RecordingUpstream.start();
    await using service = await RecordingUpstream.start(({ startLine }) =>
      startLine.startsWith('GET') ? announcement(true) : answer('dry'),
    );
    await using estate = await startTestEstate(optionsFor(monolith.port, service.port));
    using client = await RawClient.connect(estate.port);
    for (let i = 1; i <= 3; i++) {
      await client.ask(post, 'POST');
      await estate.pairCount(i);
    }
    const lines = service.requests.map(({ startLine }) => startLine);
    assert.deepEqual(lines.filter((line) => line.startsWith('GET')).length, service.connectionCount);
    assert.equal(lines.filter((line) => line === 'POST /a HTTP/1.1').length, 3);
  });

  const others: [what: string, said: string][] = [
    ['another build took the address', announcement(false)],
    ['it says nothing of it', answer('{"service":"a","version":"1"}')],
    ['it knows no such path', 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'],
    ['it says so as a text', answer('{"dryRun":"true"}')],
    ['it talks nonsense', answer('dryRun: true')],
    ['it says so under an error', 'HTTP/1.1 500 No\r\nContent-Length: 15\r\n\r\n{"dryRun":true}'],
  ];
  for (const [what, said] of others) {
    test(`${what}: no write reaches it, counted`, async () => {
      await using monolith = await RecordingUpstream.start();
      await using service = await RecordingUpstream.start(said);
      await using estate = await startTestEstate(optionsFor(monolith.port, service.port));
      using client = await RawClient.connect(estate.port);
      await client.ask(post, 'POST');
      let dropped: Record<string, number> = {};
      await until('the copy is dropped', () => {
        dropped = { ...dropped, ...estate.plane.takeReport().shadowDropped['catalog'] };
        return Object.keys(dropped).length > 0;
      });
      assert.deepEqual(dropped, { dry_run_refused: 1 });
      assert.ok(service.requests.every(({ startLine }) => startLine.startsWith('GET /.well-known/ficus ')));
    });
  }
});

test('writes that wait when the announcement goes away are not sent any more', async () => {
  await using monolith = await RecordingUpstream.start();
  const goOn = Promise.withResolvers<void>();
  let writes = 0;
  await using service = await ScriptedUpstream.start(async (connection) => {
    for (;;) {
      const request = await connection.request();
      if (request.startLine.startsWith('POST')) {
        writes++;
        await goOn.promise;
      }
      connection.send(request.startLine.startsWith('GET') ? announcement(true) : answer('dry'));
    }
  });
  const options = optionsFor(monolith.port, service.port);
  await using estate = await startTestEstate(options);
  using client = await RawClient.connect(estate.port);
  for (let i = 0; i < 40; i++) await client.ask(post, 'POST');
  await until('as many as may be are under way', () => writes === 32);
  estate.plane.apply(snapshotOf({ ...options, canDryRun: false }, options.shares));
  goOn.resolve();
  await estate.pairCount(32);
  assert.equal(writes, 32);
  assert.deepEqual(estate.plane.takeReport().shadowDropped, { catalog: { no_longer_wanted: 8 } });
});
