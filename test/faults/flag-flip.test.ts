import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestEstate, type TestEstate } from '../proxy/data-plane/test-estate.ts';
import { RawClient } from '../support/raw-client.ts';
import { OK_ANSWER, RecordingUpstream } from '../support/recording-upstream.ts';
import { ScriptedUpstream } from '../support/scripted-upstream.ts';

const users = Array.from({ length: 200 }, (_, index) => `user-${index}`);

async function sides(estate: TestEstate): Promise<string[]> {
  using client = await RawClient.connect(estate.port);
  const found: string[] = [];
  for (const user of users) {
    const answer = await client.ask(`GET /a HTTP/1.1\r\nHost: shop\r\nX-User-Id: ${user}\r\n\r\n`);
    assert.equal(answer.status, 200);
    found.push(answer.value('Ficus-Upstream') ?? '');
  }
  return found;
}

test('two replicas that share nothing give a user the same side, before and after every flip under load', async () => {
  await using monolith = await RecordingUpstream.start();
  await using service = await RecordingUpstream.start();
  const options = {
    monolith: monolith.port,
    service: service.port,
    shares: { serve: 5, cap: 100 },
    migration: { stickBy: [{ from: 'header', name: 'x-user-id' } as const] },
  };
  await using first = await startTestEstate(options);
  await using second = await startTestEstate(options);
  let before = await sides(first);
  for (const serve of [10, 25, 50, 100]) {
    const loaded = [sides(first), sides(second)];
    for (const estate of [first, second]) estate.apply({ serve, cap: 100 });
    await Promise.all(loaded);
    const now = await sides(first);
    assert.deepEqual(await sides(second), now);
    const putOut = users.filter((_, i) => before[i] === 'catalog' && now[i] !== 'catalog');
    assert.deepEqual(putOut, [], `at ${serve} %`);
    before = now;
  }
  for (const estate of [first, second]) estate.apply({ serve: 5, cap: 100 });
  assert.deepEqual(await sides(first), await sides(second));
});

test('a request under way stays on its side when the flag is flipped away from it', async () => {
  await using monolith = await RecordingUpstream.start();
  const asked = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  await using service = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    asked.resolve();
    await goOn.promise;
    connection.send(OK_ANSWER);
  });
  await using estate = await startTestEstate({
    monolith: monolith.port,
    service: service.port,
    shares: { serve: 100, cap: 100 },
  });
  using client = await RawClient.connect(estate.port);
  client.send('GET /a HTTP/1.1\r\nHost: shop\r\n\r\n');
  await asked.promise;
  estate.apply({ serve: 0, cap: 0 });
  using other = await RawClient.connect(estate.port);
  const next = await other.ask('GET /a HTTP/1.1\r\nHost: shop\r\n\r\n');
  assert.equal(next.value('Ficus-Upstream'), 'monolith');
  goOn.resolve();
  assert.equal((await client.answer()).value('Ficus-Upstream'), 'catalog');
  assert.equal(monolith.requests.length, 1);
});
