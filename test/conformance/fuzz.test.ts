import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzBlock } from './fuzz/fuzz-block.ts';

// `npm run fuzz -- --count 1000000` is the long run.
test('20,000 mutated requests reach the upstream as RFC 9112 reads them, or not at all', async (t) => {
  const { violations, ...numbers } = await fuzzBlock({ seed: 20_261_124, first: 0, count: 3200 });
  t.diagnostic(JSON.stringify(numbers));
  assert.deepEqual(violations.slice(0, 10), []);
  assert.ok(numbers.sent >= 20_000);
  // It must not be the refusals alone that keep the upstream safe.
  assert.ok(numbers.forwarded > 1000 && numbers.canaries > 20);
});
