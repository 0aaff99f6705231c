import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdSlowReaders } from './slow-readers.ts';

/** `scripts/slow-readers.ts` does it with 1,000 of 10 MB each, which mostly fills the kernel's buffers. */
const READERS = 40;
/** More than the kernel takes for two connections. */
const MEGABYTES_EACH = 40;

test('clients that read nothing hold back the upstream, and the worker holds no more than a little for each', async (t) => {
  const { peakMiB, heldMiB, takenMB } = await holdSlowReaders(READERS, MEGABYTES_EACH);
  t.diagnostic(
    `${heldMiB.toFixed(1)} MiB held, at most ${peakMiB.toFixed(1)}, ${takenMB.toFixed(0)} MB taken`,
  );
  assert.ok(takenMB < READERS * MEGABYTES_EACH * 0.75, `${takenMB} MB were taken from the upstream`);
  // Without the rubbish that is not collected yet it is far less; without backpressure it would be 1,600.
  assert.ok(heldMiB < 100, `${heldMiB.toFixed(1)} MiB held`);
});
