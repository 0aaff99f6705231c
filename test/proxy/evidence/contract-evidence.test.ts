import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { keepContractEvidence } from '../../../proxy/evidence/contract-evidence.ts';
import type { Store } from '../../../proxy/store/open-store.ts';
import { silentLog, startTestStore, type TestStore, until } from '../store/start-test-store.ts';
import { verified } from './gate-samples.ts';

describe('contract evidence', () => {
  let started: TestStore;
  before(async () => {
    started = await startTestStore();
  });
  after(() => started.stop());

  const keep = (store: Parameters<typeof keepContractEvidence>[0]['store'] = started.store) =>
    keepContractEvidence({ store, migrations: () => ['catalog'], log: silentLog });

  test('Postgres is away, a result counts at once and is stored when it is back', async () => {
    let available = false;
    let comeBack = () => {};
    const { contractResults }: Pick<Store, 'contractResults'> = started.store;
    const kept = keep({
      available: () => available,
      onAvailable(listener) {
        comeBack = listener;
        return () => {};
      },
      contractResults,
    });
    kept.add('catalog', verified);
    assert.deepEqual(kept.of('catalog'), [verified]);
    assert.deepEqual(await contractResults.list('catalog'), []);
    available = true;
    comeBack();
    await until(async () => (await contractResults.list('catalog')).length === 1);
    kept.close();
  });

  test('Ficus starts anew, it has the results of before, the newer of two', async () => {
    const failures = [{ interaction: 'a list of products', text: 'expected 200, was 500' }];
    const failed = { ...verified, outcome: 'failed', at: '2026-11-21T11:00:00.000Z', failures } as const;
    await started.store.contractResults.save('catalog', failed);
    const kept = keep();
    await until(() => kept.of('catalog').length > 0);
    kept.add('catalog', verified);
    assert.deepEqual(kept.of('catalog'), [failed]);
    kept.close();
  });
});
