import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import supertest from 'supertest';
import {
  createCaller,
  createLogger,
  createPool,
  createRedisCache,
  HeldBackError,
  inTransaction,
  markGeneratedIds,
  type Pool,
  refusedBy,
  type ServiceOptions,
  shadowMode,
  unlessCopy,
} from '../../../extracted-services/service-kit/index.ts';
import { startTestRedis } from '../../support/redis.ts';
import { startTestDatabase, type TestDatabase } from '../../support/test-database.ts';
import { until } from '../../support/until.ts';
import { createShelf } from './shelf.ts';

const logger = createLogger({ service: 'test', version: '0', level: 'silent' });
let database: TestDatabase;
let pool: Pool;

before(async () => {
  database = await startTestDatabase();
  pool = createPool({ databaseUrl: database.url, service: 'test', logger });
  await pool.query(`
    CREATE TABLE book (title text NOT NULL, parent text);
    CREATE TABLE shelf_rule (title text PRIMARY KEY);
    ALTER TABLE book ADD FOREIGN KEY (parent) REFERENCES shelf_rule DEFERRABLE INITIALLY DEFERRED;
  `);
});
after(async () => {
  await pool.end();
  await database.stop();
});

const books = async () => (await pool.query('SELECT title FROM book')).rows.map(({ title }) => title);

type Work = (title: string) => Promise<unknown>;

/** A shelf whose POST does `work`, and is asked with this mark. */
async function postBook(work: Work, mark: string | undefined, options: Partial<ServiceOptions> = {}) {
  const { app } = await createShelf({
    dryRun: true,
    ...options,
    routes(router) {
      router.post('/books', async (request, response) => {
        await work(request.body.title);
        markGeneratedIds(response, 'body:/books/0');
        response.status(201).json({ books: [request.body.title] });
      });
    },
  });
  const request = supertest(app).post('/books').set('X-Api-Key', 'open-sesame');
  return (mark === undefined ? request : request.set('Ficus-Shadow', mark)).send({
    title: 'Emma',
    year: 1815,
  });
}

test('an unsafe copy, at a service that cannot run dry: 501 with a code, and nothing is executed', async () => {
  for (const mark of ['dry-run', 'compare', '']) {
    let executed = false;
    const work = async () => {
      executed = true;
    };
    const answer = await postBook(work, mark, { dryRun: false });
    assert.equal(answer.status, 501);
    assert.equal(answer.type, 'application/problem+json');
    assert.equal(answer.body.code, 'dry_run_unsupported');
    assert.equal(executed, false);
  }
});

test('an unsafe copy with any mark but dry-run is refused by a service that can, too', async () => {
  for (const mark of ['compare', 'Dry-Run', 'dry-run, dry-run', '']) {
    const answer = await postBook(async () => assert.fail('executed'), mark);
    assert.equal(answer.status, 501, mark);
  }
});

test('a dry run is rolled back and says where it has made ids; a client’s own request is neither', async () => {
  const insert: Work = (title) =>
    inTransaction(pool, async (client) => {
      await client.query('INSERT INTO book (title) VALUES ($1)', [title]);
      const { rowCount } = await client.query('SELECT 1 FROM book');
      assert.equal(rowCount, 1);
    });
  const dry = await postBook(insert, 'dry-run');
  assert.equal(dry.status, 201);
  assert.equal(dry.headers['ficus-generated-ids'], 'body:/books/0');
  assert.deepEqual(await books(), []);
  const real = await postBook(insert, undefined);
  assert.equal(real.headers['ficus-generated-ids'], undefined);
  assert.deepEqual(await books(), ['Emma']);
  await pool.query('DELETE FROM book');
});

test('what a commit would have refused is refused in a dry run as well', async () => {
  const breakRule: Work = (title) =>
    inTransaction(pool, (client) =>
      client.query('INSERT INTO book (title, parent) VALUES ($1, $2)', [title, 'nobody']),
    ).catch((error) => {
      assert.equal(refusedBy(error)?.code, '23503');
      throw error;
    });
  assert.equal((await postBook(breakRule, 'dry-run')).status, 500);
  assert.equal((await postBook(breakRule, undefined)).status, 500);
});

test('a write past the transaction cannot happen in a dry run: the pool only reads, and gives no connection', async () => {
  const write: Work = (title) => pool.query('INSERT INTO book (title) VALUES ($1)', [title]);
  assert.equal((await postBook(write, 'dry-run')).status, 500);
  assert.equal((await postBook(async () => pool.connect(), 'dry-run')).status, 500);
  assert.equal((await postBook(async () => pool.query('SELECT 1'), 'dry-run')).status, 201);
  assert.deepEqual(await books(), []);
});

test('effects are left out for copies', async () => {
  let mails = 0;
  const mail: Work = () => unlessCopy(async () => mails++);
  await postBook(mail, 'dry-run');
  assert.equal(mails, 0);
  await postBook(mail, undefined);
  assert.equal(mails, 1);
});

test('a dry run neither fills the cache nor makes it forget', async () => {
  const redis = await startTestRedis();
  const options = { redisUrl: redis.url, service: 'test', version: '1', ttlMs: 60_000, deadlineMs: 5000 };
  const cache = createRedisCache({ ...options, logger });
  try {
    let loads = 0;
    const remember = () => cache.remember('key', async () => ++loads);
    const isKept = async () => {
      const before = loads;
      await remember();
      return loads === before;
    };
    await until('the cache keeps', isKept);
    const kept = await remember();
    await postBook(() => cache.forgetAll(), 'dry-run');
    assert.equal(await remember(), kept);
    await postBook(remember, 'dry-run');
    assert.equal(await remember(), kept);
    await postBook(() => cache.forgetAll(), undefined);
    assert.notEqual(await remember(), kept);
  } finally {
    cache.close();
    await redis.stop();
  }
});

test('a call to one of ours carries the mark on; another company is told nothing and only asked what changes nothing', async () => {
  const received: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    received.push(request.headers);
    response.end('{}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ours = createCaller({ baseUrl, timeoutMs: 5000, of: 'ours' });
  const foreign = createCaller({ baseUrl, timeoutMs: 5000, of: 'foreign' });
  try {
    await postBook(() => ours({ method: 'POST', path: '/' }), 'dry-run');
    await postBook(() => ours({ method: 'POST', path: '/' }), undefined);
    assert.deepEqual(
      received.map((headers) => headers['ficus-shadow']),
      ['dry-run', undefined],
    );
    const order: Work = () => foreign({ method: 'POST', path: '/' });
    await postBook(async (title) => assert.rejects(order(title), HeldBackError), 'dry-run');
    assert.equal(received.length, 2);
    await postBook(() => foreign({ method: 'POST', path: '/', changesNothing: true }), 'dry-run');
    assert.equal(received[2]?.['ficus-shadow'], undefined);
    assert.equal((await postBook(order, undefined)).status, 201);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test('a copy of a safe request is known as such, and its transaction is rolled back', async () => {
  const { app } = await createShelf({
    routes(router) {
      router.get('/books', async (_request, response) => {
        await inTransaction(pool, (client) => client.query(`INSERT INTO book (title) VALUES ('seen')`));
        response.json({ books: [String(shadowMode())] });
      });
    },
  });
  const answer = await supertest(app).get('/books').set('Ficus-Shadow', 'compare');
  assert.deepEqual(answer.body, { books: ['compare'] });
  assert.deepEqual(await books(), []);
});
