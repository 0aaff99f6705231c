import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { demoApiKey, login } from '../../../examples/monolith/paths.ts';
import { sendRaw } from './send-raw.ts';
import { startTestMonolith, type TestMonolith } from './start-test-monolith.ts';

let monolith: TestMonolith;
let whole: Buffer;
const path = '/files/catalogue-2012.bin';
const withKey = { 'X-Api-Key': demoApiKey };
const LIMIT = 5 * 1024 * 1024;

before(async () => {
  monolith = await startTestMonolith();
  whole = (await ask({})).body;
});
after(() => monolith.close());

const ask = (headers: Record<string, string>, method = 'GET') =>
  sendRaw(monolith.port, { method, path, headers });

const upload = (
  target: string,
  headers: Record<string, string>,
  files: [name: string, content: string | Buffer][],
) => {
  const form = new FormData();
  for (const [name, content] of files)
    form.append('file', new Blob([new Uint8Array(Buffer.from(content))], { type: 'text/plain' }), name);
  return fetch(monolith.url + target, { method: 'POST', headers, body: form, redirect: 'manual' });
};

test('a download has length, type, ETag and time', async () => {
  const answer = await ask({});
  assert.equal(answer.status, 200);
  assert.equal(whole.length, 1_500_000);
  assert.deepEqual(answer.values('Content-Length'), ['1500000']);
  assert.deepEqual(answer.values('Content-Type'), ['application/octet-stream']);
  assert.deepEqual(answer.values('Accept-Ranges'), ['bytes']);
  assert.deepEqual(answer.values('Last-Modified'), ['Mon, 14 May 2012 09:30:00 GMT']);
  assert.deepEqual(answer.values('ETag'), [
    `"${createHash('sha256').update(whole).digest('hex').slice(0, 32)}"`,
  ]);
});

test('HEAD has the same headers and no body', async () => {
  const [get, head] = [await ask({}), await ask({}, 'HEAD')];
  const lines = (answer: typeof get) => answer.headerLines.filter((line) => !line.startsWith('Date:'));
  assert.deepEqual(lines(head), lines(get));
  assert.equal(head.body.length, 0);
});

for (const [range, start, end] of [
  ['bytes=0-99', 0, 99],
  ['bytes=-1000', 1_499_000, 1_499_999],
  // Over the border between two pieces that are read from Postgres.
  ['bytes=262140-262150', 262_140, 262_150],
  ['bytes=1499990-9999999', 1_499_990, 1_499_999],
  ['bytes=0-', 0, 1_499_999],
] as const) {
  test(`${range}: 206 with those bytes`, async () => {
    const answer = await ask({ Range: range });
    assert.equal(answer.status, 206);
    assert.deepEqual(answer.values('Content-Range'), [`bytes ${start}-${end}/1500000`]);
    assert.ok(answer.body.equals(whole.subarray(start, end + 1)));
  });
}

test('a range past the end: 416 with the length', async () => {
  const answer = await ask({ Range: 'bytes=1500000-' });
  assert.equal(answer.status, 416);
  assert.deepEqual(answer.values('Content-Range'), ['bytes */1500000']);
  assert.equal(answer.body.length, 0);
});

test('ranges that are malformed, several, or of another unit: the whole', async () => {
  for (const Range of ['bytes=x', 'bytes=0-9,100-109', 'pages=1-2', '0-9']) {
    assert.equal((await ask({ Range })).status, 200, Range);
  }
});

test('If-Range: the range of the version that the client has, else the whole', async () => {
  const { values } = await ask({});
  for (const ifRange of [values('ETag')[0], values('Last-Modified')[0]]) {
    assert.equal((await ask({ Range: 'bytes=0-9', 'If-Range': ifRange ?? '' })).status, 206);
  }
  for (const ifRange of ['"old"', 'W/"old"', 'Sun, 13 May 2012 09:30:00 GMT', 'nonsense']) {
    const answer = await ask({ Range: 'bytes=0-9', 'If-Range': ifRange });
    assert.equal(answer.status, 200, ifRange);
    assert.equal(answer.body.length, 1_500_000);
  }
});

test('ETag or time of the client: 304, which comes before any range', async () => {
  const { values } = await ask({});
  for (const headers of [
    { 'If-None-Match': values('ETag')[0] ?? '' },
    { 'If-None-Match': `"x", ${values('ETag')[0]}`, Range: 'bytes=0-9' },
    { 'If-Modified-Since': values('Last-Modified')[0] ?? '' },
  ]) {
    const answer = await ask(headers);
    assert.equal(answer.status, 304);
    assert.equal(answer.body.length, 0);
    assert.deepEqual(answer.values('ETag'), values('ETag'));
  }
  assert.equal((await ask({ 'If-None-Match': '"x"' })).status, 200);
});

test('%2F in a segment belongs to the name; a slash does not', async () => {
  const answer = await sendRaw(monolith.port, { path: '/files/a%2Fb.txt' });
  assert.equal(answer.body.toString(), 'The name of this document has a slash in it.\n');
  assert.equal((await sendRaw(monolith.port, { path: '/files/a/b.txt' })).status, 404);
});

test('a name with letters is kept in Content-Disposition', async () => {
  const answer = await sendRaw(monolith.port, {
    path: '/files/price%20list%202011%20(gr%C3%B6%C3%9Fer).csv',
  });
  assert.match(
    answer.values('Content-Disposition')[0] ?? '',
    /filename\*=UTF-8''price%20list%202011%20%28gr%C3%B6%C3%9Fer%29\.csv$/,
  );
});

test('an upload can be downloaded as it was', async () => {
  const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index * 7));
  const response = await upload('/api/files', withKey, [
    ['dir/größe.bin', content],
    ['second.txt', 'zwei'],
  ]);
  assert.equal(response.status, 201);
  const { FILES } = (await response.json()) as { FILES: { DOC_NM: string; SIZE: number; PATH: string }[] };
  assert.deepEqual(
    FILES.map(({ DOC_NM, SIZE }) => [DOC_NM, SIZE]),
    [
      ['dir/größe.bin', 300_000],
      ['second.txt', 4],
    ],
  );
  const download = await sendRaw(monolith.port, { path: FILES[0]?.PATH ?? '' });
  assert.ok(download.body.equals(content));
});

test('an upload by form is answered with 303 to the list', async () => {
  const cookie = await login(monolith.url);
  const response = await upload('/files', { Cookie: cookie }, [['form.txt', 'x']]);
  assert.equal(response.status, 303);
  assert.equal(response.headers.get('location'), `${monolith.url}/files`);
  assert.match(
    await (await fetch(`${monolith.url}/files`, { headers: { Cookie: cookie } })).text(),
    /form\.txt/,
  );
});

test('a file that is just not too large is taken; one byte more: 413, and nothing is kept', async () => {
  assert.equal((await upload('/api/files', withKey, [['most.bin', Buffer.alloc(LIMIT)]])).status, 201);
  const response = await upload('/api/files', withKey, [
    ['small.txt', 'x'],
    ['more.bin', Buffer.alloc(LIMIT + 1)],
  ]);
  assert.equal(response.status, 413);
  assert.deepEqual(await response.json(), {
    error: { code: 'too_large', message: `more.bin is larger than ${LIMIT} bytes` },
  });
  assert.equal((await sendRaw(monolith.port, { path: '/files/small.txt' })).status, 404);
});

test('what is no upload is refused', async () => {
  assert.equal((await upload('/api/files', {}, [['a.txt', 'x']])).status, 401);
  assert.equal((await upload('/api/files', withKey, [])).status, 400);
  assert.equal((await upload('/api/files', withKey, [['/', 'x']])).status, 400);
  const post = (type: string) =>
    sendRaw(monolith.port, {
      method: 'POST',
      path: '/api/files',
      headers: { ...withKey, 'Content-Type': type },
      body: '--x\r\nbroken',
    });
  assert.equal((await post('text/plain')).status, 415);
  assert.equal((await post('multipart/form-data')).status, 400);
  assert.equal((await post('multipart/form-data; boundary=x')).status, 400);
});

test('PUT creates, replaces and is harmless when repeated; DELETE takes away', async () => {
  const put = (body: string) =>
    fetch(`${monolith.url}/files/put%2Fme.txt`, {
      method: 'PUT',
      headers: { ...withKey, 'Content-Type': 'text/x-me' },
      body,
    });
  const created = await put('one');
  assert.equal(created.status, 201);
  assert.equal(created.headers.get('location'), '/files/put%2Fme.txt');
  const first = await created.json();
  const repeated = await put('one');
  assert.equal(repeated.status, 200);
  assert.deepEqual(await repeated.json(), first);
  assert.notDeepEqual(await (await put('two')).json(), first);
  const download = await sendRaw(monolith.port, { path: '/files/put%2Fme.txt' });
  assert.deepEqual([download.body.toString(), download.values('Content-Type')[0]], ['two', 'text/x-me']);

  const remove = () => fetch(`${monolith.url}/files/put%2Fme.txt`, { method: 'DELETE', headers: withKey });
  assert.equal((await remove()).status, 204);
  assert.equal((await remove()).status, 404);
});

test('PUT of too much: 413', async () => {
  const response = await fetch(`${monolith.url}/files/big`, {
    method: 'PUT',
    headers: withKey,
    body: Buffer.alloc(LIMIT + 1),
  });
  assert.equal(response.status, 413);
});
