import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RawClient } from '../../support/raw-client.ts';
import { OK_ANSWER, RecordingUpstream } from '../../support/recording-upstream.ts';
import { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { startTestProxy } from './test-proxy.ts';

const get = 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n';

/** An upstream that answers when told to, and says when it was asked. */
async function startHeldUpstream(answer: string) {
  const asked = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    asked.resolve();
    await goOn.promise;
    connection.send(answer);
  });
  return { upstream, asked: asked.promise, goOn: goOn.resolve };
}

test('stopping lets a request under way finish, says that its connection ends, and waits no longer', async () => {
  const held = await startHeldUpstream(OK_ANSWER);
  await using _upstream = held.upstream;
  await using proxy = await startTestProxy({ monolith: held.upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send(get);
  await held.asked;
  const startedAt = performance.now();
  const stopped = proxy.close(4000);
  held.goOn();
  const answer = await client.answer();
  assert.deepEqual([answer.text, answer.value('Connection')], ['ok', 'close']);
  client.end();
  await stopped;
  assert.ok(performance.now() - startedAt < 2500);
});

test('stopping lets an answer under way come to its end, and waits no longer', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    connection.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel');
    await goOn.promise;
    connection.send('lo');
  });
  const goOn = Promise.withResolvers<void>();
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send(get);
  await client.text('hel');
  const startedAt = performance.now();
  const stopped = proxy.close(4000);
  goOn.resolve();
  assert.equal((await client.answer()).text, 'hello');
  assert.equal(await client.ending(), 'closed');
  await stopped;
  assert.ok(performance.now() - startedAt < 2500);
});

test('stopping closes connections that are idle or were never used, long before its grace is over', async () => {
  await using upstream = await RecordingUpstream.start();
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using idle = await RawClient.connect(proxy.port);
  await idle.ask(get);
  using unused = await RawClient.connect(proxy.port);
  const startedAt = performance.now();
  await proxy.close(4000);
  assert.ok(performance.now() - startedAt < 2500);
  await idle.ending();
  await unused.ending();
});

test('an idle connection that asks while the proxy stops is answered, and told that it ends', async () => {
  await using upstream = await RecordingUpstream.start();
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  await client.ask(get);
  const stopped = proxy.close(4000);
  const answer = await client.ask(get);
  assert.deepEqual([answer.text, answer.value('Connection')], ['ok', 'close']);
  await stopped;
});

test('stopping breaks off what is not finished when its grace is over', async () => {
  const held = await startHeldUpstream(OK_ANSWER);
  await using _upstream = held.upstream;
  await using proxy = await startTestProxy({ monolith: held.upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send(get);
  await held.asked;
  const startedAt = performance.now();
  await proxy.close(200);
  const tookMs = performance.now() - startedAt;
  assert.ok(tookMs > 150 && tookMs < 1000, `${tookMs} ms`);
  await client.ending();
});

test('after stopping nobody gets a connection, and none to an upstream is left', async () => {
  await using upstream = await RecordingUpstream.start();
  await using proxy = await startTestProxy({ monolith: upstream.port });
  {
    using client = await RawClient.connect(proxy.port);
    await client.ask(get);
  }
  await proxy.close(1000);
  await assert.rejects(RawClient.connect(proxy.port), /ECONNREFUSED/);
  for (let turn = 0; turn < 100 && proxy.monolithConnections() > 0; turn++) {
    await new Promise((next) => setImmediate(next));
  }
  assert.equal(proxy.monolithConnections(), 0);
});
