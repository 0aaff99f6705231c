import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restartInTurn } from '../../scripts/rolling-restarts.ts';

test('two instances behind haproxy, stopped and started in turn under load, fail no request', async () => {
  const { sent, failed, exitCodes } = await restartInTurn({ cycles: 2, requestsPerSecond: 300 });
  assert.deepEqual(failed, []);
  assert.deepEqual(exitCodes, [0, 0]);
  assert.ok(sent > 300, `${sent} sent`);
});
