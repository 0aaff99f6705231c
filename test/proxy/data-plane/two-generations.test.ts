import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TwoGenerations } from '../../../proxy/data-plane/two-generations.ts';

test('what is asked for stays while generations of others pass, what is not goes', () => {
  const kept = new TwoGenerations<number>(10);
  kept.set('asked', 1);
  kept.set('forgotten', 2);
  for (let n = 0; n < 100; n++) {
    kept.set(`other-${n}`, n);
    assert.equal(kept.get('asked'), 1);
  }
  assert.equal(kept.get('forgotten'), undefined);
});
