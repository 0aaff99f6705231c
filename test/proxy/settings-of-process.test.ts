import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings, SettingsError } from '../../proxy/settings.ts';

const read = (env: Record<string, string>) => readSettings(['--config', 'routes.yaml'], env);

test('times of the stop, the sample of the access log and the memory of a worker have defaults', () => {
  const { drainDelayMs, graceMs, accessLogSample, maxWorkerBytes } = read({});
  assert.deepEqual([drainDelayMs, graceMs, accessLogSample], [500, 10_000, 0.01]);
  assert.ok(maxWorkerBytes >= 64 * 1024 * 1024);
});

test('they are read from the environment', () => {
  const settings = read({
    FICUS_DRAIN_DELAY_MS: '5000',
    FICUS_GRACE_MS: '20000',
    FICUS_ACCESS_LOG_SAMPLE: '0.5%',
    FICUS_WORKER_MEMORY_MB: '256',
  });
  assert.deepEqual(
    [settings.drainDelayMs, settings.graceMs, settings.accessLogSample, settings.maxWorkerBytes],
    [5000, 20_000, 0.005, 256 * 1024 * 1024],
  );
});

test('a sample that is no percentage is refused', () => {
  for (const text of ['101', '-1', 'all', '1e1']) {
    assert.throws(() => read({ FICUS_ACCESS_LOG_SAMPLE: text }), SettingsError);
  }
});
