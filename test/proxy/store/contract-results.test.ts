import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ContractResultRow } from '../../../proxy/store/model.ts';
import { startTestStore, type TestStore } from './start-test-store.ts';

const passed: ContractResultRow = {
  side: 'service',
  consumer: 'web-shop',
  build: 's1',
  pactHash: 'p1',
  outcome: 'passed',
  interactions: ['GET /api/products', 'POST /api/products'],
  at: '2026-11-21T10:00:00.000Z',
  failures: [],
};

describe('contract results', () => {
  let started: TestStore;
  before(async () => {
    started = await startTestStore();
  });
  after(() => started.stop());

  test('The same pact is verified again, the newer result is kept, an older one that comes late is not', async () => {
    const { contractResults } = started.store;
    const failed = {
      ...passed,
      outcome: 'failed',
      interactions: [],
      failures: [{ interaction: 'POST /api/products', text: 'status: expected 201 but was 404\nand \u0007' }],
      at: '2026-11-21T11:00:00.000Z',
    } as const;
    await contractResults.save('catalog', passed);
    await contractResults.save('catalog', failed);
    await contractResults.save('catalog', passed);
    assert.deepEqual(await contractResults.list('catalog'), [failed]);
  });

  test('Another build, side, pact content or migration has its own result', async () => {
    const { contractResults } = started.store;
    const others = [{ build: 's2' }, { side: 'monolith' as const }, { pactHash: 'p2' }];
    for (const other of others) await contractResults.save('orders', { ...passed, ...other });
    assert.equal((await contractResults.list('orders')).length, 3);
    assert.deepEqual(await contractResults.list('payments'), []);
  });
});
