import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KnownCommands } from '../../../proxy/admin/commands/known-commands.ts';
import type { CommandAnswerStore } from '../../../proxy/store/command-answers.ts';
import { adminClient } from './admin-client.ts';
import { InMemoryEstate } from './in-memory-deps.ts';

const path = '/api/migrations/catalog/shadow';

test('a command is sent again with its key, it is answered as before and done once', async () => {
  const estate = new InMemoryEstate();
  const client = adminClient(estate);
  const send = (key: string, share: number, actor = 'cli:alice') =>
    client.post(path, { share }).set('idempotency-key', key).set('x-ficus-actor', actor);
  const first = await send('one', 10).expect(200);
  assert.equal(first.headers['idempotency-replayed'], undefined);
  const again = await send('one', 10).expect(200);
  assert.equal(again.headers['idempotency-replayed'], 'true');
  assert.deepEqual(again.body, first.body);
  assert.equal(estate.auditRows.length, 1);

  const other = await send('one', 20).expect(422);
  assert.equal(other.body.code, 'key_reused');
  // Somebody else's key, another key, and none: each is a command of its own.
  await send('one', 10, 'cli:bob').expect(200);
  await send('two', 10).expect(200);
  await client.post(path, { share: 10 }).expect(200);
  assert.equal(estate.auditRows.length, 4);
});

test('two are sent at once, one is done and both are answered alike', async () => {
  const estate = new InMemoryEstate();
  const client = adminClient(estate);
  const hold = Promise.withResolvers<void>();
  estate.verifyGate = hold.promise;
  const verify = () => client.post('/api/migrations/catalog/verify', {}).set('idempotency-key', 'one');
  const both = [verify().expect(200), verify().expect(200)].map((one) => one.then((answer) => answer));
  hold.resolve();
  const [first, second] = await Promise.all(both);
  assert.deepEqual(first!.body, second!.body);
  assert.equal(estate.auditRows.length, 1);
});

test('a command was refused, with the same key it is tried again', async () => {
  const estate = new InMemoryEstate();
  const client = adminClient(estate);
  const promote = () => client.post('/api/migrations/catalog/promote', {}).set('idempotency-key', 'one');
  assert.equal((await promote().expect(409)).body.code, 'gate_refused');
  estate.reasons = [];
  await promote().expect(200);
  const again = await promote().expect(200);
  assert.equal(again.headers['idempotency-replayed'], 'true');
});

test('a command was refused and the store is slow to learn of it, the same key finds no claim of its own', async () => {
  const estate = new InMemoryEstate();
  const claimed = new Set<string>();
  const deps = estate.deps();
  estate.deps = () => ({
    ...deps,
    commandAnswers: {
      available: () => true,
      claim: async (command, bodyHash) => {
        const isTaken = claimed.has(command);
        claimed.add(command);
        return isTaken ? { bodyHash } : undefined;
      },
      keep: async () => {},
      release: async (command) => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        claimed.delete(command);
      },
    },
  });
  const client = adminClient(estate);
  const promote = () => client.post('/api/migrations/catalog/promote', {}).set('idempotency-key', 'one');
  const refused = promote().expect(409);
  assert.equal((await refused).body.code, 'gate_refused');
  estate.reasons = [];
  await promote().expect(200);
});

test('another replica did it, its answer is given; while it does it, one is told; a roll back asks nobody', async () => {
  const estate = new InMemoryEstate();
  const asked: string[] = [];
  let elsewhere: Awaited<ReturnType<CommandAnswerStore['claim']>>;
  const deps = estate.deps();
  estate.deps = () => ({
    ...deps,
    commandAnswers: {
      available: () => true,
      claim: async (_command, bodyHash) => {
        asked.push('claim');
        return elsewhere && { ...elsewhere, bodyHash };
      },
      keep: async () => void asked.push('keep'),
      release: async () => void asked.push('release'),
    },
  });
  const client = adminClient(estate);
  const send = (at: string, body: object) => client.post(at, body).set('idempotency-key', 'one');
  elsewhere = { bodyHash: '' };
  assert.equal((await send(path, { share: 10 }).expect(409)).body.code, 'command_running');
  const answer = { status: deps.delivery.status('catalog')!, text: 'done', warnings: [] };
  elsewhere = { bodyHash: '', kept: { status: 200, answer: JSON.stringify(answer) } };
  assert.equal((await send(path, { share: 10 }).expect(200)).body.text, 'done');
  assert.deepEqual(estate.auditRows, []);
  await send('/api/migrations/catalog/rollback', { reason: 'now' }).expect(200);
  assert.deepEqual(asked, ['claim', 'claim', 'keep']);
});

test('an answer is a secret, it is not kept', async () => {
  const client = adminClient(new InMemoryEstate());
  const force = () =>
    client
      .post('/api/migrations/catalog/force', { side: 'service', minutes: 5, reason: 'QA' })
      .set('idempotency-key', 'one')
      .expect(200);
  await force();
  assert.equal((await force()).headers['idempotency-replayed'], undefined);
});

test('commands are many, large or old, the oldest are forgotten', () => {
  let now = 0;
  const known = new KnownCommands(() => now);
  for (let at = 0; at < 3_000; at++) known.begin(`c${at}`, 'b');
  assert.equal(known.find('c0'), undefined);
  assert.ok(known.find('c2999'));
  const answer = { status: 200, answer: 'x'.repeat(5 * 1024 * 1024) };
  known.keep('large', 'b', answer);
  known.keep('larger', 'b', answer);
  assert.equal(known.find('large'), undefined);
  assert.ok(known.find('larger')?.kept);
  known.begin('lost', 'b');
  now = 11 * 60_000;
  assert.equal(known.find('lost'), undefined);
  now = 25 * 3_600_000;
  assert.equal(known.find('larger'), undefined);
});
