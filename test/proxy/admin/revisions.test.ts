import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startAdmin } from '../../../proxy/admin/start-admin.ts';
import { until } from '../../support/until.ts';
import { adminClient } from './admin-client.ts';
import { InMemoryEstate } from './in-memory-deps.ts';

function estate() {
  const inMemory = new InMemoryEstate();
  inMemory.reasons = [];
  const { agent, get } = adminClient(inMemory);
  const post = (move: string, body: object, ifMatch?: string) => {
    const request = agent.post(`/api/migrations/catalog/${move}`).set('content-type', 'application/json');
    return (ifMatch === undefined ? request : request.set('if-match', ifMatch)).send(body);
  };
  return { inMemory, get, post };
}

test('the status has its revision as entity tag, and a move on that goes through', async () => {
  const { get, post } = estate();
  const { headers } = await get('/api/migrations/catalog').expect(200);
  assert.equal(headers['etag'], '"4"');
  const { body } = await post('promote', {}, headers['etag']).expect(200);
  assert.equal(body.status.revision, 5);
});

test('a forward move without a revision is answered 428, and nothing is moved', async () => {
  const { inMemory, post } = estate();
  const { body } = await post('shadow', { share: 10 }).expect(428);
  assert.equal(body.code, 'revision_needed');
  assert.match(body.detail, /catalog is at "4"/);
  assert.equal(inMemory.auditRows.length, 0);
});

test('a move on another revision is answered 409 with what changed', async () => {
  const { post } = estate();
  await post('shadow', { share: 10, reason: 'a look' }, '"4"').expect(200);
  const { body } = await post('promote', {}, '"4"').expect(409);
  assert.equal(body.code, 'revision_conflict');
  assert.deepEqual(body.reasons, [
    'catalog is at revision 5 by now, not 4.',
    'api: shadow at 2026-11-20T12:00:00.000Z (a look).',
  ]);
});

test('a roll back wants no revision and passes with a wrong one', async () => {
  const { post } = estate();
  await post('rollback', { reason: 'x' }).expect(200);
  await post('rollback', { reason: 'x' }, '"1"').expect(200);
});

test('a tag that is no revision is answered 400', async () => {
  const { post } = estate();
  const { body } = await post('promote', {}, 'W/"4"').expect(400);
  assert.match(body.detail, /must be one revision such as "4"/);
});

test('a client goes away while its move is made, the move stands in the way of others until it is over, and no longer', async () => {
  const inMemory = new InMemoryEstate();
  inMemory.reasons = [];
  const deps = inMemory.deps();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const made = Promise.withResolvers<void>();
  const delivery = {
    ...deps.delivery,
    async promote(...order: Parameters<typeof deps.delivery.promote>) {
      begin();
      await released;
      return deps.delivery.promote(...order).finally(() => made.resolve());
    },
  };
  const admin = await startAdmin({ deps: { ...deps, delivery }, port: 0 });
  const post = (move: string, body: object, signal?: AbortSignal) =>
    fetch(`${admin.url}/api/migrations/catalog/${move}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'if-match': '*' },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });
  const gone = new AbortController();
  const first = post('promote', {}, gone.signal).catch((error: Error) => error.name);
  await begun;
  gone.abort();
  assert.equal(await first, 'AbortError');
  assert.equal((await post('shadow', { share: 10 })).status, 409);
  release();
  await made.promise;
  await until('the claim is given back', async () => (await post('shadow', { share: 10 })).status === 200);
  await admin.close();
});
