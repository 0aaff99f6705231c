import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminClient } from './admin-client.ts';
import { InMemoryEstate } from './in-memory-deps.ts';
import { rawRequest, withAdmin } from './started-admin.ts';

const actors: [claimed: string | undefined, recorded: string][] = [
  ['cli:alice', 'cli:alice'],
  [undefined, 'api'],
  ['gate', 'api:gate'],
  ['guard', 'api:guard'],
  ['cli:', 'api:cli:'],
  ['cli:eve <b>;x', 'cli:eve__b__x'],
  [`cli:${'x'.repeat(100)}`, `cli:${'x'.repeat(60)}`],
];
for (const [claimed, recorded] of actors) {
  test(`a write by ${JSON.stringify(claimed)?.slice(0, 30)} is recorded as ${recorded.slice(0, 30)}`, async () => {
    const estate = new InMemoryEstate();
    const request = adminClient(estate).agent.post('/api/migrations/catalog/rollback');
    if (claimed !== undefined) request.set('x-ficus-actor', claimed);
    await request.send({ reason: 'test' }).expect(200);
    assert.equal(estate.auditRows[0]?.actor, recorded);
  });
}

test('a write leaves one line in the log, with its actor, and no control character of a request gets there', async () => {
  const estate = new InMemoryEstate();
  const { post } = adminClient(estate);
  await post('/api/migrations/catalog/rollback?%1b%5b2J%c2%9b', { reason: 'test' }).expect(400);
  const lines = estate.logLines.filter(({ msg }) => msg === 'admin request');
  assert.equal(lines.length, 1);
  assert.equal(lines[0]?.['actor'], 'cli:alice');
  assert.equal(lines[0]?.['status'], 400);
  assert.equal(lines[0]?.['path'], '/api/migrations/catalog/rollback?%1b%5b2J%c2%9b');
  await withAdmin(async ({ url, port, estate: refusing }) => {
    const head = `GET /\u009b31m HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
    assert.match(await rawRequest(url, Buffer.from(head, 'latin1')), /^HTTP\/1\.1 400 /);
    assert.deepEqual(refusing.logLines, []);
  });
});
