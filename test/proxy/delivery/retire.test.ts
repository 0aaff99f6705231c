import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import type { DayRow } from '../../../proxy/delivery/daily-counts.ts';
import { createDrill } from '../../../proxy/delivery/guard/drill.ts';
import { TrafficHistory } from '../../../proxy/delivery/traffic-history.ts';
import { alice, bob, DeliveryStand } from './delivery-stand.ts';

let stand: DeliveryStand;
const retire = () => stand.delivery.retire('billing', bob, 'a quiet week');

function day(date: string, monolithHits = 0): DayRow {
  const counts = { serviceHits: 100, reverseAgreed: 0, reverseDiffered: 0, reverseIncomparable: 0 };
  const last = monolithHits > 0 ? { lastMonolithHit: `${date}T10:30:00.000Z` } : {};
  return { migration: 'billing', day: date, monolithHits, ...counts, ...last };
}

describe('retire', () => {
  beforeEach(async () => {
    stand = new DeliveryStand('canary: { holdMinutes: 0, minRequests: 0 }, retire: { afterDays: 2 }');
    await stand.delivery.promote('billing', 100, alice, '');
    assert.equal(stand.status.phase, 'service');
    stand.days = [day('2026-11-22'), day('2026-11-23'), day('2026-11-24')];
  });

  test('after the days without a hit is done, and says what can be deleted', async () => {
    const result = await retire();
    assert.ok(result.done);
    assert.equal(stand.status.phase, 'retired');
    assert.deepEqual(result.deletable?.flags, ['billing.serve', 'billing.shadow']);
    assert.deepEqual(result.deletable?.monolithHandlers, ['GET /api/invoices']);
    assert.equal(stand.actions.at(-1), 'retire');
  });

  test('leaves nothing for a drill to take back: the monolith may have forgotten it', async () => {
    const started = { workers: () => [], toldRevision: () => 0, wait: async () => {} };
    const drill = createDrill({ ...stand.deps, ...started, traffic: new TrafficHistory(stand.deps.clock) });
    await retire();
    const before = stand.status.revision;
    const result = await drill('billing', alice, 'before the weekend', true);
    assert.ok(!result.done);
    assert.match(result.reasons.join(), /billing is retired/);
    assert.equal(stand.status.revision, before);
  });

  test('names a hit of the monolith in those days, and when it could be done', async () => {
    stand.days = [day('2026-11-22'), day('2026-11-23', 17), day('2026-11-24')];
    const result = await retire();
    assert.ok(!result.done && result.code === 'gate_refused');
    assert.deepEqual(result.reasons, [
      'The monolith answered 17 of its requests in the last 2 days, the last at 2026-11-23 10:30 UTC; without another one it can be retired on 2026-11-25.',
    ]);
  });

  test('is refused where a day was not counted: that nobody saw a hit is not that there was none', async () => {
    stand.days = [day('2026-11-23'), day('2026-11-24')];
    const result = await retire();
    assert.ok(!result.done);
    assert.match(result.reasons.join(), /counted on 1 of the last 2 days/);
  });

  test('is refused while requests are copied to the monolith, and before phase service', async () => {
    stand.flip(10, 'shadow');
    const copied = await retire();
    assert.match(copied.done ? '' : copied.reasons.join(), /ficus shadow billing --share 0%/);
    await stand.delivery.rollback('billing', bob, 'wrong');
    const early = await retire();
    assert.match(early.done ? '' : early.reasons.join(), /is in phase shadow/);
  });

  test('leaves all to the service without its flags, whatever the gate says', async () => {
    await retire();
    stand.flip(0);
    stand.gateSays('refused');
    stand.delivery.reconcile();
    assert.deepEqual([stand.cap, stand.status.phase, stand.shares], [100, 'retired', [100, 100, 100]]);
  });

  test('can be rolled back in one step, with a warning', async () => {
    await retire();
    const result = await stand.delivery.rollback('billing', bob, 'we need it');
    assert.ok(result.done);
    assert.match(result.warnings.join(), /as far as its handlers are still there/);
    assert.deepEqual([stand.cap, stand.status.phase, stand.status.retired], [0, 'monolith', undefined]);
  });
});
