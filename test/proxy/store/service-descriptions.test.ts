import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestStore } from './start-test-store.ts';

test('the newest accepted description outlives any number of refused ones', async (t) => {
  const { store, stop } = await startTestStore();
  t.after(stop);
  const { serviceDescriptions: kept } = store;
  const row = (hash: string) => ({ hash, build: hash, document: '{}', accepted: false });
  for (const hash of ['first', 'second']) {
    await kept.save('billing', row(hash));
    await kept.accept('billing', hash);
  }
  for (let n = 1; n <= 55; n++) await kept.save('billing', row(`broken-${n}`));
  assert.equal((await kept.before('billing', 'broken-55'))?.hash, 'second');
  // The one before it went by number, as any does.
  assert.equal(await kept.before('billing', 'second'), undefined);
});

test('a description that comes back is held against the one that was accepted last', async (t) => {
  const { store, stop } = await startTestStore();
  t.after(stop);
  const { serviceDescriptions: kept } = store;
  const befores: (string | undefined)[] = [];
  for (const hash of ['old', 'new', 'old', 'newer']) {
    await kept.save('billing', { hash, build: hash, document: '{}', accepted: false });
    befores.push((await kept.before('billing', hash))?.hash);
    await kept.accept('billing', hash);
  }
  assert.deepEqual(befores, [undefined, 'old', 'new', 'old']);
});
