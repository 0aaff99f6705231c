import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import request from 'supertest';
import { ApiError } from '../../../extracted-services/service-kit/index.ts';
import { createShelf } from './shelf.ts';

const error = (code: string, message: string) => ({ error: { code, message } });

test('asked who it is, a service says its name, version and whether it can run dry', async () => {
  const { app } = await createShelf({ dryRun: true });
  const answer = await request(app).get('/.well-known/ficus').expect(200);
  assert.equal(answer.text, '{"service":"shelf","version":"1.2.3","dryRun":true,"openapi":"/openapi.json"}');
  assert.equal(answer.headers['x-powered-by'], undefined);
  const described = await request(app).get('/openapi.json').expect(200);
  assert.ok('/books' in described.body.paths, Object.keys(described.body.paths).join());
  assert.ok(!('head' in described.body.paths['/books']), 'as it was written');
});

test('while a readiness check fails, readyz names it with 503 and healthz stays 200', async () => {
  let isUp = false;
  const { app } = await createShelf({
    readiness: {
      database: async () => {
        if (!isUp) throw new Error('secret-host refused');
      },
    },
  });
  const answer = await request(app).get('/readyz').expect(503);
  assert.deepEqual(answer.body, { status: 'not ready', failing: ['database'] });
  await request(app).get('/healthz').expect(200);
  isUp = true;
  await request(app).get('/readyz').expect(200, { status: 'ready' });
});

test('a stopping service is not ready and closes its connections', async () => {
  const { app, service } = await createShelf();
  service.beginStopping();
  await request(app)
    .get('/readyz')
    .expect(503, { status: 'not ready', failing: ['stopping'] });
  await request(app).get('/books').expect(200).expect('Connection', 'close');
});

test('several bad parameters: the first in the order of the API file is named', async () => {
  const { app } = await createShelf();
  await request(app)
    .get('/books?limit=0&author=JaneAustenX')
    .expect(400, error('bad_request', 'Parameter author is invalid'));
  await request(app).get('/books?limit=0').expect(400, error('bad_request', 'Parameter limit is invalid'));
});

test('unknown and bracketed parameters, and values that are not encoded, are let through', async () => {
  const { app } = await createShelf();
  await request(app).get('/books?author=J.+A:/?&colour=red&limit[x]=many').expect(200);
});

test('whatever content types clients make up, the validator sees no more than two of them', async () => {
  const seen = new Set<unknown>();
  const { app } = await createShelf({
    routes: (router) =>
      router.get('/books', (incoming, response) => {
        seen.add(incoming.headers['content-type']);
        response.json({ books: [] });
      }),
  });
  for (const type of [
    'application/json; a=1',
    'APPLICATION/JSON;a=2',
    'text/1',
    'text/2',
    'application/jsonx',
  ]) {
    await request(app).get('/books').set('Content-Type', type).expect(200);
  }
  assert.deepEqual([...seen], ['application/json', 'application/octet-stream']);
});

test('a bad body: the first bad field, the body as a whole, or what is wrong with its form is named', async () => {
  const { app } = await createShelf();
  const post = () => request(app).post('/books').set('X-Api-Key', 'open-sesame');
  await post().send({ title: 1 }).expect(400, error('bad_request', 'Field title is invalid'));
  await post().send({ title: 'Emma' }).expect(400, error('bad_request', 'Field year is invalid'));
  await post().send([]).expect(400, error('bad_request', 'Body is invalid'));
  await post().type('json').send('{"title":').expect(400, error('bad_request', 'Body is not valid JSON'));
  await post()
    .type('text')
    .send('Emma')
    .expect(415, error('unsupported', 'Content-Type must be application/json'));
  await post()
    .set('Content-Encoding', 'weird')
    .send({})
    .expect(415, error('unsupported', 'Encoding of the body is not supported'));
  await post()
    .send({ title: 'x'.repeat(200_000) })
    .expect(413, error('too_large', 'Body is too large'));
  await post()
    .send({ title: 'Emma', year: 1815 })
    .expect(201, { books: ['Emma'] });
});

test('without a good key, 401 comes before the body is looked at', async () => {
  const { app } = await createShelf({
    describeRefusal: ({ status }) => (status === 401 ? 'Say the word' : undefined),
  });
  const refused = error('unauthorized', 'Say the word');
  await request(app).post('/books').type('json').send('{').expect(401, refused);
  await request(app).post('/books').set('X-Api-Key', 'open').send({}).expect(401, refused);
});

test('what the API file does not have is 404, a method it does not have 405 with Allow', async () => {
  const { app } = await createShelf();
  await request(app).get('/shelves').expect(404, error('not_found', 'No path /shelves'));
  await request(app).delete('/books').expect(405).expect('Allow', /GET/);
});

test('HEAD is answered like GET', async () => {
  const { app } = await createShelf();
  await request(app).head('/books?limit=1').expect(200);
  await request(app).head('/books?limit=0').expect(400);
});

test('an answer that breaks the API file becomes a logged 500 without the headers meant for it', async () => {
  const { app, lines } = await createShelf({
    routes: (router) =>
      router.get('/books', (_request, response) => {
        response.set('Cache-Control', 'public, max-age=30').json({ books: [7] });
      }),
  });
  const answer = await request(app).get('/books').expect(500);
  assert.deepEqual(answer.body, error('internal', 'The service failed; its log says why'));
  assert.equal(answer.headers['cache-control'], undefined);
  const logged = lines.find(({ level }) => level === 50);
  assert.match(JSON.stringify(logged), /books\/0 must be string/);
});

test('a route may answer an error of its own, and one that breaks tells nothing about why', async () => {
  const { app } = await createShelf({
    routes: (router) =>
      router.get('/books', ({ query }) => {
        throw query['limit'] === undefined ? new Error('secret') : new ApiError(409, 'Too late');
      }),
  });
  await request(app).get('/books?limit=1').expect(409, error('conflict', 'Too late'));
  await request(app).get('/books').expect(500, error('internal', 'The service failed; its log says why'));
});

test('a database that is away is 503', async () => {
  const { app } = await createShelf({
    routes: (router) =>
      router.get('/books', () => {
        throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      }),
  });
  await request(app).get('/books').expect(503, error('unavailable', 'The service is not available now'));
});

test('an API file that is missing or not valid OpenAPI is refused at start', async () => {
  await assert.rejects(createShelf({ apiSpec: '/nowhere/api.yaml' }), /\/nowhere\/api\.yaml cannot be read/);
  const path = join(tmpdir(), `not-openapi-${process.pid}.yaml`);
  await writeFile(path, 'openapi: 3.0.3\npaths: { /x: { get: { responses: 7 } } }\n');
  await assert.rejects(createShelf({ apiSpec: path }), /not valid OpenAPI/);
});
