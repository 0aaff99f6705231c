import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { recordingJsonSchema } from '../../../proxy/recording/schema.ts';
import { fileWith, readAll, recordingText, sampleExchange, withFolder } from './sample-recording.ts';

test('the JSON Schema that ships is that of the code', () => {
  const file = new URL('../../../proxy/recording/recording.schema.json', import.meta.url);
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(recordingJsonSchema)));
});

test('lines that are no exchange are passed over, counted, and named with their place', async () => {
  await withFolder(async (folder) => {
    const bad = ['no json', JSON.stringify({ ...sampleExchange(2), request: { method: 'GET' } }), '[]'];
    const text = recordingText([sampleExchange(1)]) + bad.map((line) => `${line}\n`).join('');
    const file = await fileWith(folder, 'r.ndjson', text + JSON.stringify(sampleExchange(3)));
    const { exchanges, notes } = await readAll(file);
    assert.deepEqual(
      exchanges.map(({ id }) => id),
      ['exchange-1', 'exchange-3'],
    );
    assert.equal(notes.malformed, 3);
    assert.match(notes.problems[0] ?? '', /r\.ndjson:3 is no JSON/);
    assert.match(notes.problems[1] ?? '', /r\.ndjson:4 request\.target:/);
  });
});

test('a last line that breaks off is told apart from a malformed one', async () => {
  await withFolder(async (folder) => {
    const file = await fileWith(folder, 'r.ndjson', `${recordingText([sampleExchange(1)])}{"id":"x","at`);
    const { exchanges, notes } = await readAll(file);
    assert.equal(exchanges.length, 1);
    assert.deepEqual([notes.malformed, notes.cutOff], [0, [file]]);
  });
});

test('a file is read by what it is, whatever it is called', async () => {
  await withFolder(async (folder) => {
    const file = await fileWith(folder, 'r.ndjson', gzipSync(recordingText([sampleExchange(1)])));
    assert.equal((await readAll(file)).exchanges.length, 1);
  });
});

const refused: [string, string, RegExp][] = [
  ['an empty file', '', /is empty/],
  ['a later version', '{"ficus":"recording/2"}\n', /is a "recording\/2"; this Ficus reads "recording\/1"/],
  ['a damaged header', '{"ficus":"recording/1"}\n', /damaged header/],
  ['something else', 'hello\nworld\n', /neither a recording .* nor a HAR/],
];
for (const [what, text, message] of refused) {
  test(`${what} is refused whole`, async () => {
    await withFolder(async (folder) => {
      await assert.rejects(readAll(await fileWith(folder, 'r', text)), message);
    });
  });
}

test('a HAR is read as exchanges: decoded bodies, without pseudo-headers, without what got no answer', async () => {
  const request = {
    method: 'POST',
    url: 'https://shop.test/api/orders?x=1#top',
    headers: [
      { name: ':authority', value: 'shop.test' },
      { name: 'accept', value: '*/*' },
      { name: 'content-length', value: '5' },
    ],
    postData: { mimeType: 'application/json', text: '{"a":1}' },
  };
  const response = {
    status: 201,
    headers: [
      { name: 'content-encoding', value: 'br' },
      { name: 'content-type', value: 'text/plain' },
    ],
    content: { text: Buffer.from('made').toString('base64'), encoding: 'base64' },
  };
  const entries = [
    { startedDateTime: '2026-11-24T10:00:00.000Z', time: 12.5, request, response },
    { startedDateTime: '2026-11-24T10:00:01.000Z', time: 0, request, response: { ...response, status: 0 } },
    {
      startedDateTime: '2026-11-24T10:00:01.000Z',
      request: { ...request, url: 'data:text/plain,x' },
      response,
    },
    { hello: 'there' },
  ];
  await withFolder(async (folder) => {
    const file = await fileWith(
      folder,
      't.har',
      JSON.stringify({ log: { version: '1.2', entries } }, null, 2),
    );
    const { exchanges, notes } = await readAll(file);
    assert.equal(notes.malformed, 2);
    const [first, second] = exchanges;
    assert.deepEqual(first?.request, {
      method: 'POST',
      target: '/api/orders?x=1',
      headers: ['Host', 'shop.test', 'accept', '*/*'],
      body: { text: '{"a":1}' },
    });
    assert.deepEqual(first?.answer, {
      status: 201,
      headers: ['content-type', 'text/plain'],
      body: { base64: 'bWFkZQ==' },
      durationMs: 12.5,
    });
    assert.equal(second?.answer, undefined);
  });
});
