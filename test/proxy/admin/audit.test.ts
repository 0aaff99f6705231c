import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminClient } from './admin-client.ts';
import { InMemoryEstate } from './in-memory-deps.ts';

async function estateWithMoves(count: number) {
  const estate = new InMemoryEstate();
  const client = adminClient(estate);
  for (let share = 1; share <= count; share++) {
    await client.post('/api/migrations/catalog/shadow', { share, reason: `to ${share}` }).expect(200);
  }
  return { estate, client };
}

test('the audit is answered newest first, with who, what and why', async () => {
  const { client } = await estateWithMoves(2);
  const response = await client.get('/api/audit').expect(200);
  assert.deepEqual(
    response.body.entries.map(({ seq, actor, action, reason }: Record<string, unknown>) => ({
      seq,
      actor,
      action,
      reason,
    })),
    [
      { seq: 2, actor: 'cli:alice', action: 'shadow', reason: 'to 2' },
      { seq: 1, actor: 'cli:alice', action: 'shadow', reason: 'to 1' },
    ],
  );
});

test('limit and before page through the audit', async () => {
  const { client } = await estateWithMoves(4);
  const response = await client.get('/api/audit?limit=2&before=4').expect(200);
  assert.deepEqual(
    response.body.entries.map((row: { seq: number }) => row.seq),
    [3, 2],
  );
});

for (const query of ['limit=0', 'limit=501', 'limit=ten', 'before=-1', 'limit=1&limit=2', 'page=2']) {
  test(`an audit query of ${query} is a 400`, async () => {
    const response = await adminClient(new InMemoryEstate()).get(`/api/audit?${query}`).expect(400);
    assert.equal(response.body.code, 'invalid_request');
  });
}

test('the verification of the audit says where the chain is broken', async () => {
  const estate = new InMemoryEstate();
  const intact = await adminClient(estate).get('/api/audit/verification').expect(200);
  assert.deepEqual(intact.body, { rows: 0, intact: true });
  estate.auditCheck = { rows: 12, intact: false, brokenAt: 7 };
  const broken = await adminClient(estate).get('/api/audit/verification').expect(200);
  assert.deepEqual(broken.body, { rows: 12, intact: false, brokenAt: 7 });
});
