import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Allowance } from '../../../proxy/delivery/allowed-share.ts';
import {
  begunOverride,
  grantedInForce,
  overridden,
  overrideOf,
  overrideProblem,
  toldOverride,
} from '../../../proxy/delivery/override.ts';

const nowMs = Date.parse('2026-11-20T09:00:00Z');
const hourMs = 3_600_000;
const anna = { name: 'cli:anna' };
const refused: Allowance = { allowed: 0, holds: ['2 signatures are without a judgement.'], closed: true };
const at = (granted: number, detail: Record<string, unknown> = {}, held = false) => ({
  granted,
  held,
  detail,
});
const order = { share: 25, order: { forMs: hourMs }, actor: anna, reason: 'the monolith is down', nowMs };
const override = begunOverride({ ...order, state: at(5) });

describe('an override', () => {
  test('While it lasts, its share is allowed and the gate does not take it back', () => {
    const allowance = overridden(refused, at(25, { override }), nowMs + hourMs - 1);
    assert.deepEqual(allowance, { ...refused, allowed: 25, closed: false });
  });

  test('The evidence allows more, that holds', () => {
    const open: Allowance = { allowed: 50, holds: [], closed: false };
    assert.equal(overridden(open, at(25, { override }), nowMs).allowed, 50);
  });

  test('Its time is over, what the gate says holds, and what was granted before it', () => {
    const state = at(25, { override });
    assert.deepEqual(overridden(refused, state, nowMs + hourMs), refused);
    assert.equal(overrideOf(state, nowMs + hourMs), undefined);
    assert.equal(grantedInForce(state, nowMs + hourMs - 1), 25);
    assert.equal(grantedInForce(state, nowMs + hourMs), 5);
  });

  test('Its end never grants more than is granted', () =>
    assert.equal(grantedInForce(at(1, { override }), nowMs + hourMs), 1));

  test('The guard has latched the migration, or it was rolled back: it allows nothing', () => {
    const latched = { override, latch: { since: '2026-11-20T09:10:00.000Z' } };
    assert.deepEqual(overridden(refused, at(0, latched), nowMs), refused);
    assert.deepEqual(overridden(refused, at(0, { override }, true), nowMs), refused);
    assert.deepEqual(toldOverride(at(0, latched), nowMs), {});
  });

  test('A second one during the first falls back to what was granted before both', () => {
    const second = begunOverride({ ...order, share: 50, state: at(25, { override }), nowMs: nowMs + 60_000 });
    assert.equal(second.before, 5);
  });

  test('What is kept is nonsense, it overrides nothing', () => {
    for (const nonsense of [
      null,
      'yes',
      { share: 100 },
      { ...override, until: 'tomorrow' },
      { ...override, share: 400 },
    ])
      assert.deepEqual(overridden(refused, at(25, { override: nonsense }), nowMs), refused);
  });

  for (const [name, forMs, reason, detail] of [
    ['It has no reason', hourMs, '  ', {}],
    ['It would last longer than a day', 24 * hourMs + 1, 'because', {}],
    ['It would last no time', 0, 'because', {}],
    ['Its time is no number', Number.NaN, 'because', {}],
    ['The guard holds the migration', hourMs, 'because', { latch: {} }],
  ] as const) {
    test(`${name}, it can't begin`, () =>
      assert.match(overrideProblem({ forMs }, { detail }, reason) ?? '', /^\S.*\.$/));
  }

  test('Status and gate say until when, by whom and why', () => {
    const { override: told, warnings } = toldOverride(at(25, { override }), nowMs + 19 * 60_000);
    assert.deepEqual(told, {
      share: 25,
      since: '2026-11-20T09:00:00.000Z',
      until: '2026-11-20T10:00:00.000Z',
      actor: 'cli:anna',
      reason: 'the monolith is down',
    });
    assert.deepEqual(warnings, [
      'OVERRIDE until 2026-11-20 10:00 UTC (41 minutes left): 25 % may be served whatever the gate says, by cli:anna ' +
        'since 2026-11-20 09:00 UTC: “the monolith is down”. Then at most 5 % again, unless the gate is open by then. ' +
        'To end it at once: `ficus rollback`.',
    ]);
  });
});
