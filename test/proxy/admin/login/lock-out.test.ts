import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LockOut } from '../../../../proxy/admin/login/lock-out.ts';

const rules = { maxFailures: 3, windowMs: 1000, lockMs: 5000, maxAddresses: 2 };

function lockOutAt(start = 0) {
  const time = { now: start };
  return { time, lockOut: new LockOut(() => time.now, rules) };
}

test('as many failures as are allowed come within the window, the address is locked for the time set', () => {
  const { time, lockOut } = lockOutAt();
  assert.deepEqual(
    [1, 2, 3].map(() => lockOut.failed('10.0.0.1')),
    [false, false, true],
  );
  assert.equal(lockOut.lockedForMs('10.0.0.1'), 5000);
  assert.equal(lockOut.lockedForMs('10.0.0.2'), 0);
  time.now = 5000;
  assert.equal(lockOut.lockedForMs('10.0.0.1'), 0);
});

test('failures lie further apart than the window, nothing is locked', () => {
  const { time, lockOut } = lockOutAt();
  for (let n = 0; n < 10; n++) {
    assert.equal(lockOut.failed('10.0.0.1'), false);
    time.now += 1001;
  }
});

test('a login succeeds, failures before it count no more', () => {
  const { lockOut } = lockOutAt();
  lockOut.failed('10.0.0.1');
  lockOut.failed('10.0.0.1');
  lockOut.succeeded('10.0.0.1');
  assert.equal(lockOut.failed('10.0.0.1'), false);
});

test('more addresses fail than are remembered, the one that failed longest ago is forgotten', () => {
  const { lockOut } = lockOutAt();
  for (const address of ['a', 'a', 'b', 'c', 'a']) lockOut.failed(address);
  assert.equal(lockOut.failed('a'), false);
  assert.equal(lockOut.failed('a'), true);
});
