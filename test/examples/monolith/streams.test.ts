import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request as sendRequest } from 'node:http';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { demoApiKey } from '../../../examples/monolith/paths.ts';
import { parseAnswer, sendRaw } from './send-raw.ts';
import { startTestMonolith, type TestMonolith } from './start-test-monolith.ts';

let monolith: TestMonolith;
before(async () => {
  monolith = await startTestMonolith();
});
after(() => monolith.close());

const withKey = { 'X-Api-Key': demoApiKey };

test('the CSV is over 10 MB, has every line of every order, and quotes what needs it', async () => {
  const answer = await sendRaw(monolith.port, { path: '/export/orders.csv', headers: withKey });
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.values('Content-Type'), ['text/csv; charset=utf-8']);
  assert.deepEqual(answer.values('Transfer-Encoding'), ['chunked']);
  assert.ok(answer.body.length > 10 * 1024 * 1024, `${answer.body.length} bytes`);
  const lines = answer.body.toString().split('\r\n');
  assert.match(lines[0] ?? '', /^ORD_NO,LINE_NO,/);
  assert.equal(lines.length, 1 + 60_054 + 1);
  assert.match(lines.at(-2) ?? '', /^20000,/);
  const text = answer.body.toString();
  assert.ok(text.includes(',"Deliver after 17:00, ""not before""!"\r\n'));
  assert.ok(text.includes(',"Second delivery;\nthe first parcel was damaged."\r\n'));
  assert.match(text, /,"""Profi"" [A-Za-z ]+",/);
});

test('the CSV compressed is the same CSV', async () => {
  const plain = await sendRaw(monolith.port, { path: '/export/orders.csv', headers: withKey });
  const compressed = await sendRaw(monolith.port, {
    path: '/export/orders.csv',
    headers: { ...withKey, 'Accept-Encoding': 'gzip' },
  });
  assert.deepEqual(compressed.values('Content-Encoding'), ['gzip']);
  assert.deepEqual(compressed.values('Vary'), ['Accept-Encoding']);
  assert.ok(compressed.body.length < plain.body.length / 3);
  assert.ok(gunzipSync(compressed.body).equals(plain.body));
});

test('HEAD of the CSV ends at once; without a key: 401', async () => {
  const head = await sendRaw(monolith.port, { method: 'HEAD', path: '/export/orders.csv', headers: withKey });
  assert.deepEqual([head.status, head.body.length], [200, 0]);
  assert.equal((await sendRaw(monolith.port, { path: '/export/orders.csv' })).status, 401);
});

test('three events: then the stream ends by itself', async () => {
  const answer = await sendRaw(monolith.port, {
    path: '/events/orders?count=3&intervalMs=20',
    headers: withKey,
  });
  assert.deepEqual(answer.values('Content-Type'), ['text/event-stream; charset=utf-8']);
  const [retry, ...events] = answer.body.toString().trimEnd().split('\n\n');
  assert.equal(retry, 'retry: 2000');
  assert.deepEqual(
    events.map((event) => event.split('\n').slice(0, 2)),
    [
      ['id: 1', 'event: order'],
      ['id: 2', 'event: order'],
      ['id: 3', 'event: order'],
    ],
  );
  const data = JSON.parse(events[0]?.split('\n')[2]?.replace('data: ', '') ?? '');
  assert.equal(data.ORD_NO, 1);
});

test('Last-Event-ID: the stream goes on after it', async () => {
  const answer = await sendRaw(monolith.port, {
    path: '/events/orders?count=1',
    headers: { ...withKey, 'Last-Event-ID': '41' },
  });
  assert.match(answer.body.toString(), /^id: 42$/m);
});

test('an endless stream sends its head and its first event at once, and ends with its client', async () => {
  const request = sendRequest(`${monolith.url}/events/orders`, { headers: withKey }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const [first] = (await once(response.setEncoding('utf8'), 'data')) as [string];
  assert.match(first, /^retry: 2000/);
  response.destroy();
});

test('a slow report takes the time it was asked to', async () => {
  const start = performance.now();
  const answer = await sendRaw(monolith.port, { path: '/reports/slow?ms=200', headers: withKey });
  assert.ok(performance.now() - start >= 199);
  assert.equal(answer.body.toString(), '{"WAITED_MS":200}');
  const bad = await sendRaw(monolith.port, { path: '/reports/slow?ms=-1', headers: withKey });
  assert.equal(bad.status, 400);
});

test('a broken stream of chunks is no answer', () => {
  const cut = Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
  assert.throws(() => parseAnswer(cut), /broke off/);
});
