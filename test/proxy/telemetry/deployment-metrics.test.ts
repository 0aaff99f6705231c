import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metrics } from '../../../proxy/telemetry/metrics.ts';

test('the number of replicas is said while it is known, and nothing else then', async () => {
  const metrics = new Metrics();
  const state = {
    shares: [],
    workers: 2,
    workerRestarts: 0,
    storeAvailable: true,
    configProblems: 0,
    configRefusals: 0,
    refusedSnapshots: 0,
    certificateNotAfter: undefined,
  };
  const audit = { waiting: 0, lost: 0, intact: true };
  const said = async (replicas: number | undefined) => {
    const text = await metrics.render({ ...state, deployment: { configHash: 'abc', replicas, audit } });
    return /^ficus_replicas (\d+)$/m.exec(text)?.[1];
  };
  assert.doesNotMatch(await metrics.render(state), /^ficus_replicas /m);
  assert.equal(await said(undefined), undefined);
  assert.equal(await said(2), '2');
  assert.equal(await said(undefined), undefined);
  assert.equal(await said(3), '3');
});
