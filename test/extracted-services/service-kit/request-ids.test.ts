import assert from 'node:assert/strict';
import { test } from 'node:test';
import request from 'supertest';
import { traceIdOf } from '../../../extracted-services/service-kit/request-ids.ts';
import { createShelf } from './shelf.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

test('a request id and traceparent: every line logged for the request has both', async () => {
  const { app, lines, logger } = await createShelf({
    routes: (router) =>
      router.post('/books', async (_request, response) => {
        await new Promise(setImmediate);
        logger.info('from the route');
        response.status(201).json({ books: [] });
      }),
  });
  await request(app)
    .post('/books')
    .set({ 'X-Api-Key': 'open-sesame', 'X-Request-Id': 'r-1', traceparent })
    .send({ title: 'Emma', year: 1815 })
    .expect(201);
  await lineWith(lines, 'request answered');
  assert.deepEqual(
    lines.map(({ msg, requestId, traceId }) => ({ msg, requestId, traceId })),
    [
      { msg: 'from the route', requestId: 'r-1', traceId },
      { msg: 'request answered', requestId: 'r-1', traceId },
    ],
  );
});

test('no request id, or one that could be more than an id: one is made up', async () => {
  const { app, lines } = await createShelf();
  for (const id of [undefined, 'a b', 'x'.repeat(129), '{"a":1}']) {
    lines.length = 0;
    await request(app)
      .get('/books')
      .set({ 'X-Request-Id': id ?? '' });
    const line = await lineWith(lines, 'request answered');
    assert.match(String(line['requestId']), /^[0-9a-f-]{36}$/);
    assert.equal(line['traceId'], undefined);
  }
});

test('neither headers nor the query are logged', async () => {
  const { app, lines } = await createShelf();
  await request(app).get('/books?author=secret-1').set('X-Api-Key', 'secret-2');
  await lineWith(lines, 'request answered');
  assert.doesNotMatch(JSON.stringify(lines), /secret/);
});

test('a traceparent that is not one has no trace id', () => {
  assert.equal(traceIdOf(traceparent), traceId);
  assert.equal(traceIdOf(`cc-${traceId}-b7ad6b7169203331-01-what-comes-later`), traceId);
  for (const bad of [
    undefined,
    '',
    `ff-${traceId}-b7ad6b7169203331-01`,
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-${traceId.toUpperCase()}-b7ad6b7169203331-01`,
    `00-${traceId}-b7ad6b7169203331-01x`,
  ]) {
    assert.equal(traceIdOf(bad), undefined, String(bad));
  }
});

/** The line is written when the connection is done with the answer, which may be after the client has it. */
async function lineWith(lines: Record<string, unknown>[], message: string) {
  for (;;) {
    const line = lines.find(({ msg }) => msg === message);
    if (line !== undefined) return line;
    await new Promise(setImmediate);
  }
}
