import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { allowedShare, type Granted, stepFor } from '../../../proxy/delivery/allowed-share.ts';
import type { GateReason, GateReport } from '../../../proxy/evidence/model.ts';

const key = { migration: 'catalog', monolithBuild: '1', serviceBuild: '2', rulesHash: 'r' };
const met: GateReason = { rule: 'pairs', state: 'met', text: 'enough pairs' };
const held = { steps: [1, 5, 25, 50, 100], holdMinutes: 15, minRequests: 1000 };
const quick = { steps: [1, 5, 25, 50, 100], holdMinutes: 0, minRequests: 0 };
const minute = 60_000;

function gateOf(state: GateReport['state'], ...reasons: GateReason[]): GateReport {
  return { migration: 'catalog', state, key, reasons: [met, ...reasons], coverage: [] };
}

function granted(percent: number, more: Partial<Granted> = {}): Granted {
  return { granted: percent, held: false, grantedAtMs: 0, requestsSinceGrant: 0, ...more };
}

describe('allowed share', () => {
  test('an open gate with nothing granted allows the first step', () => {
    assert.deepEqual(allowedShare(held, gateOf('open'), granted(0), 0), {
      allowed: 1,
      holds: [],
      closed: false,
    });
  });

  test('an open gate whose steps are not held allows everything', () => {
    assert.equal(allowedShare(quick, gateOf('open'), granted(0), 0).allowed, 100);
  });

  test('a step not held long enough is not left, and says what is missing', () => {
    const allowance = allowedShare(
      held,
      gateOf('open'),
      granted(5, { requestsSinceGrant: 1240 }),
      4 * minute,
    );
    assert.equal(allowance.allowed, 5);
    assert.deepEqual(allowance.holds, ['The step of 5 % has been held for 4 of 15 minutes.']);
  });

  test('a step with too few requests is not left', () => {
    const allowance = allowedShare(held, gateOf('open'), granted(5, { requestsSinceGrant: 12 }), 20 * minute);
    assert.deepEqual(allowance.holds, ['The step of 5 % has been held for 12 of 1,000 requests.']);
  });

  test('a step held long enough makes room for the next one', () => {
    const allowance = allowedShare(
      held,
      gateOf('open'),
      granted(5, { requestsSinceGrant: 1000 }),
      15 * minute,
    );
    assert.equal(allowance.allowed, 25);
  });

  test('a waiting gate keeps what was granted and gives no more', () => {
    const waiting: GateReason = { rule: 'pairs', state: 'waiting', text: '1,240 more pairs' };
    const allowance = allowedShare(quick, gateOf('waiting', waiting), granted(25), 0);
    assert.deepEqual(allowance, { allowed: 25, holds: ['1,240 more pairs'], closed: false });
  });

  for (const rule of ['agreement', 'unjudged', 'contracts'] as const) {
    test(`a gate refused by ${rule} takes back what was granted`, () => {
      const reason: GateReason = { rule, state: 'refused', text: `${rule} speaks against it` };
      const allowance = allowedShare(quick, gateOf('refused', reason), granted(25), 0);
      assert.deepEqual(allowance, { allowed: 0, holds: [`${rule} speaks against it`], closed: true });
    });
  }

  test('latency alone holds, and takes nothing back', () => {
    const reason: GateReason = { rule: 'latency', state: 'refused', text: 'slow' };
    const allowance = allowedShare(quick, gateOf('refused', reason), granted(25), 0);
    assert.deepEqual(allowance, { allowed: 25, holds: ['slow'], closed: false });
  });

  test('after a roll back an open gate allows nothing until a promote', () => {
    const allowance = allowedShare(quick, gateOf('open'), granted(0, { held: true }), 0);
    assert.equal(allowance.allowed, 0);
    assert.match(allowance.holds[0] ?? '', /rolled back/);
  });

  test('a share between two steps is capped by the step above it', () => {
    assert.deepEqual(
      [0, 0.1, 1, 3, 25, 60, 100].map((share) => stepFor(held, share)),
      [0, 1, 1, 5, 25, 100, 100],
    );
  });
});
