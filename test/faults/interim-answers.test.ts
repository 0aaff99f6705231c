import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestProxy } from '../proxy/data-plane/test-proxy.ts';
import { RawClient } from '../support/raw-client.ts';
import { OK_ANSWER } from '../support/recording-upstream.ts';
import { ScriptedUpstream } from '../support/scripted-upstream.ts';

const get = 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n';
const expecting = 'POST /a HTTP/1.1\r\nHost: shop\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n';
const hint = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n';

test('10,000 times 103 is a 502 after a bounded number, and the upstream is cut off', async () => {
  const gone = Promise.withResolvers<void>();
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    connection.send(hint.repeat(10_000) + OK_ANSWER);
    await connection.ending();
    gone.resolve();
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send(get);
  let hints = 0;
  let answer = await client.answer();
  for (; answer.status === 103; answer = await client.answer()) hints++;
  assert.ok(hints <= 32, `${hints} hints`);
  assert.deepEqual([answer.status, answer.json()['code']], [502, 'upstream_invalid']);
  await gone.promise;
});

test('102 reaches the client as often as it is said', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    await connection.request();
    connection.send('HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n');
    connection.send(OK_ANSWER);
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  assert.equal((await client.ask(get)).status, 102);
  assert.equal((await client.answer()).status, 102);
  assert.equal((await client.answer()).text, 'ok');
});

for (const [name, end] of [
  ['closes', 'end'],
  ['resets', 'reset'],
] as const) {
  test(`an upstream that ${name} after its 100 is a 502, and the body goes nowhere else`, async () => {
    await using upstream = await ScriptedUpstream.start(async (connection) => {
      await connection.head();
      connection.send('HTTP/1.1 100 Continue\r\n\r\n');
      await asked.promise;
      connection[end]();
    });
    const asked = Promise.withResolvers<void>();
    await using proxy = await startTestProxy({ monolith: upstream.port });
    using client = await RawClient.connect(proxy.port);
    assert.equal((await client.ask(expecting)).status, 100);
    asked.resolve();
    assert.equal((await client.answer()).status, 502);
    client.send('hello');
    assert.equal(upstream.connections.length, 1);
  });
}

test('a client that expects 100 and sends its body at once loses nothing', async () => {
  await using upstream = await ScriptedUpstream.start(async (connection) => {
    assert.equal((await connection.request()).text, 'hello');
    connection.send(`HTTP/1.1 100 Continue\r\n\r\n${OK_ANSWER}`);
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  using client = await RawClient.connect(proxy.port);
  client.send(`${expecting}hello`);
  let answer = await client.answer();
  if (answer.status === 100) answer = await client.answer();
  assert.equal(answer.text, 'ok');
});
