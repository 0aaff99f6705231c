import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import type { StepAnnouncer } from '../../../../proxy/delivery/ramp/step.ts';
import { alice, bob, DeliveryStand } from '../delivery-stand.ts';

let stand: DeliveryStand;
const promote = (to?: number, by = alice) => stand.delivery.promote('billing', to, by, 'first users');

describe('a ramp', () => {
  beforeEach(() => {
    stand = new DeliveryStand();
  });

  test('begun by a promote to 100 % climbs step by step, each once it was held, and then is over', async () => {
    assert.equal((await promote(100)).done, true);
    const reached = [stand.cap];
    for (let step = 0; step < 3; step++) {
      stand.delivery.reconcile();
      stand.hold();
      reached.push(stand.cap);
    }
    assert.deepEqual(reached, [1, 5, 25, 100]);
    assert.equal(stand.status.ramp, undefined);
    assert.deepEqual(stand.actions, ['promote', 'step', 'phase', 'step', 'step', 'step']);
  });

  test('says from where to where it goes, who asked, and what it waits for', async () => {
    await promote(100);
    const { ramp } = stand.status;
    assert.deepEqual(
      { ...ramp, since: '' },
      {
        ...{ from: 0, to: 100, step: 1, next: 5, since: '', by: 'cli:alice', reason: 'first users' },
        hold: { heldSeconds: 0, holdSeconds: 600, requests: 0, minRequests: 100 },
        approvals: [],
        waitsFor: ['The step of 1 % has been held for 0 of 10 minutes and 0 of 100 requests.'],
      },
    );
    assert.deepEqual(stand.delivery.gate('billing')!.ramp, ramp);
  });

  test('waits while the evidence is too thin, and goes on when there is enough', async () => {
    await promote(100);
    stand.gateSays('waiting', 'pairs');
    stand.hold();
    assert.deepEqual([stand.cap, stand.status.ramp?.waitsFor], [1, ['pairs is waiting.']]);
    stand.gateSays('open');
    stand.delivery.reconcile();
    assert.equal(stand.cap, 5);
  });

  test('whose evidence turns bad is taken back and over; the flag alone does not begin another one', async () => {
    await promote(100);
    stand.hold();
    stand.gateSays('refused');
    stand.delivery.reconcile();
    assert.equal(stand.cap, 0);
    stand.gateSays('open');
    stand.hold();
    assert.deepEqual([stand.cap, stand.status.ramp], [0, undefined]);
  });

  test('that a flag begins is told to be one', () => {
    stand.flip(100);
    const { ramp } = stand.status;
    assert.deepEqual([ramp?.by, ramp?.reason, ramp?.to], ['flag', 'billing.serve asks for 100 %', 100]);
    stand.hold();
    assert.equal(stand.cap, 5);
  });

  test('is not begun where the flag could not be written, and what held still holds', async () => {
    await promote();
    await stand.delivery.rollback('billing', bob, 'wrong');
    stand.flagError = new Error('the disk is full');
    assert.equal((await promote(100)).done, false);
    stand.flagError = undefined;
    stand.hold();
    assert.deepEqual([stand.cap, stand.status.ramp], [0, undefined]);
  });

  test('with steps that are not held goes in one go', async () => {
    stand = new DeliveryStand('canary: { holdMinutes: 0, minRequests: 0 }');
    await promote(100);
    assert.deepEqual([stand.cap, stand.status.phase, stand.status.ramp], [100, 'service', undefined]);
  });
});

describe('pause and resume', () => {
  beforeEach(async () => {
    stand = new DeliveryStand();
    await promote(100);
  });

  test('a paused ramp stays where it is, names who paused it, and goes on when resumed', async () => {
    await stand.delivery.pause('billing', bob, 'a sale');
    stand.hold();
    assert.equal(stand.cap, 1);
    assert.match(
      stand.status.holds.join(),
      /Paused by cli:bob at 2026-11-24 09:00 UTC \(a sale\): ficus resume billing/,
    );
    await stand.delivery.resume('billing', alice, 'over');
    assert.equal(stand.cap, 5);
  });

  test('what is paused takes no promote, and goes back all the same', async () => {
    await stand.delivery.pause('billing', bob, 'a sale');
    const result = await promote(100);
    assert.ok(!result.done && result.code === 'not_now');
    await stand.delivery.rollback('billing', alice, 'wrong');
    assert.deepEqual([stand.cap, stand.status.pause], [0, undefined]);
  });

  test('pausing twice and resuming what runs are refused', async () => {
    assert.ok(!(await stand.delivery.resume('billing', bob, 'x')).done);
    await stand.delivery.pause('billing', bob, 'a sale');
    assert.ok(!(await stand.delivery.pause('billing', bob, 'x')).done);
  });
});

describe('abort', () => {
  beforeEach(async () => {
    stand = new DeliveryStand();
    await promote();
    stand.hold();
    await promote(100);
    stand.hold();
    assert.equal(stand.cap, 25);
  });

  test('goes back to the share that the ramp began from, and stays there', async () => {
    const result = await stand.delivery.abort('billing', bob, 'too early');
    assert.ok(result.done);
    assert.deepEqual(stand.shares, [1, 1, 1]);
    stand.hold();
    assert.deepEqual([stand.status.share.effective, stand.status.ramp], [1, undefined]);
  });

  test('with a flag that can not be lowered keeps the cap there, paused', async () => {
    stand.flagError = new Error('the disk is full');
    const result = await stand.delivery.abort('billing', bob, 'too early');
    assert.ok(result.done);
    assert.match(result.warnings.join(), /the disk is full.*stays at 1 %, paused/s);
    stand.hold();
    assert.deepEqual([stand.shares[0], stand.cap], [100, 1]);
  });

  test('of a ramp from 0 % with a flag that can not be lowered is held there until the next promote', async () => {
    stand = new DeliveryStand();
    await promote(100);
    stand.hold();
    assert.equal(stand.cap, 5);
    stand.flagError = new Error('the disk is full');
    const result = await stand.delivery.abort('billing', bob, 'too early');
    assert.ok(result.done);
    assert.match(
      result.warnings.join(),
      /the disk is full.*The flag still asks for 100 %; the cap holds it at 0 % until the next promote\.$/s,
    );
    stand.hold();
    assert.deepEqual([stand.cap, stand.status.pause], [0, undefined]);
    stand.flagError = undefined;
    await promote(1);
    assert.equal(stand.cap, 1);
  });

  test('without a ramp under way is refused, and names roll back', async () => {
    await stand.delivery.abort('billing', bob, 'too early');
    const result = await stand.delivery.abort('billing', bob, 'again');
    assert.ok(!result.done);
    assert.match(result.reasons.join(), /ficus rollback billing/);
  });
});

describe('approvals', () => {
  beforeEach(async () => {
    stand = new DeliveryStand(
      'canary: { steps: [5, 50, 100], holdMinutes: 0, minRequests: 0, approvals: [{ before: 50% }] }',
    );
    await promote(100);
  });

  test('the step that wants one waits for somebody other than who asked', async () => {
    assert.equal(stand.cap, 5);
    assert.match(
      stand.status.holds.join(),
      /Before 50 % it wants the approval of one person other than cli:alice/,
    );
    const own = await stand.delivery.approve('billing', { name: 'api:alice' }, 'fine');
    assert.ok(!own.done);
    await stand.delivery.approve('billing', bob, 'fine');
    assert.equal(stand.cap, 100);
  });

  test('one for another build of the service counts no more', async () => {
    stand.gateSays('waiting', 'pairs');
    await stand.delivery.approve('billing', bob, 'fine');
    stand.serviceBuild = '3';
    stand.gateSays('open');
    stand.delivery.reconcile();
    assert.equal(stand.cap, 5);
  });

  test('one given before a roll back counts no more', async () => {
    stand.gateSays('waiting', 'pairs');
    await stand.delivery.approve('billing', bob, 'fine');
    await stand.delivery.rollback('billing', bob, 'wrong');
    stand.gateSays('open');
    await promote(100);
    assert.equal(stand.cap, 5);
  });

  test('a flag that anybody may have raised wants one person more', async () => {
    stand = new DeliveryStand(
      'canary: { steps: [5, 50, 100], holdMinutes: 0, minRequests: 0, approvals: [{ before: 50% }] }',
    );
    stand.flip(100);
    await stand.delivery.approve('billing', bob, 'fine');
    assert.equal(stand.cap, 5);
    await stand.delivery.approve('billing', alice, 'fine');
    assert.equal(stand.cap, 100);
  });

  test('a flag that somebody raised in Unleash wants one other than them, once that is known', async () => {
    stand = new DeliveryStand(
      'canary: { steps: [5, 50, 100], holdMinutes: 0, minRequests: 0, approvals: [{ before: 50% }] }',
    );
    stand.flip(100);
    await stand.delivery.approve('billing', alice, 'fine');
    stand.delivery.flagRaised('billing', 'Alice@example.com');
    stand.delivery.reconcile();
    assert.equal(stand.cap, 5);
    assert.match(stand.status.holds.join(), /of one person other than unleash:Alice@example\.com/);
    assert.ok(!(await stand.delivery.approve('billing', alice, 'fine')).done);
    await stand.delivery.approve('billing', bob, 'fine');
    assert.equal(stand.cap, 100);
  });
});

describe('windows', () => {
  test('a ramp goes no step outside of them, says when it goes on, and goes back all the same', async () => {
    stand = new DeliveryStand(
      'canary: { holdMinutes: 10, minRequests: 0, windows: { not: [{ days: [Tue], from: "10:05", to: "12:00", zone: Europe/Berlin }] } }',
    );
    await promote(100);
    stand.hold();
    assert.equal(stand.cap, 1);
    assert.match(stand.status.holds.join(), /it goes on Tue 2026-11-24 12:00 Europe\/Berlin/);
    stand.hold(110);
    assert.equal(stand.cap, 5);
    stand.nowMs -= 60 * 60_000;
    await stand.delivery.rollback('billing', bob, 'wrong');
    assert.equal(stand.cap, 0);
  });
});

describe('the webhook before a step', () => {
  test('that says no holds it with its reason; the same step is asked about until it says yes', async () => {
    stand = new DeliveryStand();
    const asked: string[] = [];
    let answer: string | undefined = 'it says no';
    const steps: StepAnnouncer = {
      before: (_, { id, from, to }) => {
        asked.push(`${id} ${from} ${to}`);
        return answer;
      },
      after: (_, { from, to }) => asked.push(`after ${from} ${to}`),
    };
    stand.steps = steps;
    await promote(100);
    stand.delivery.reconcile();
    assert.deepEqual([stand.cap, stand.status.ramp?.waitsFor], [0, ['it says no']]);
    answer = undefined;
    stand.delivery.reconcile();
    assert.equal(stand.cap, 1);
    assert.equal(new Set(asked.filter((one) => !one.startsWith('after'))).size, 1);
    assert.deepEqual(asked.at(-1), 'after 0 1');
    assert.deepEqual(
      stand.status.holds.filter((hold) => hold === 'it says no'),
      [],
    );
  });
});

describe('of several replicas', () => {
  beforeEach(() => {
    stand = new DeliveryStand();
  });

  test('one that does not take the steps leaves them alone, and takes back all the same', async () => {
    await promote(100);
    stand.lead = 'elsewhere';
    stand.hold();
    assert.equal(stand.cap, 1);
    stand.gateSays('refused');
    stand.delivery.reconcile();
    assert.equal(stand.cap, 0);
  });

  test('one that does not take the steps, and has not seen the flag yet, leaves what another one granted', async () => {
    await promote(100);
    const { ramp } = stand.status;
    stand.lead = 'elsewhere';
    stand.flip(0);
    stand.delivery.reconcile();
    assert.deepEqual([stand.cap, stand.shares], [1, [0, 1, 0]]);
    stand.lead = 'here';
    stand.flip(100);
    assert.deepEqual(stand.status.ramp, ramp);
  });

  test('one that does not take the steps tells its workers that an override is over, and leaves its audit to who does', async () => {
    stand.gateSays('refused');
    await stand.delivery.promote('billing', 25, alice, 'monolith down', { forMs: 60_000 });
    const { revision } = stand.status;
    stand.lead = 'elsewhere';
    stand.nowMs += 60_000;
    const told = stand.capsTold;
    stand.delivery.reconcile();
    assert.equal(stand.capsTold, told + 1);
    assert.deepEqual([stand.status.share.effective, stand.status.revision], [0, revision]);
    assert.ok(!stand.actions.includes('override-ended'));
    stand.lead = 'here';
    stand.delivery.reconcile();
    assert.equal(stand.actions.filter((action) => action === 'override-ended').length, 1);
  });

  test('while Postgres is away none takes a step, and status says so; roll back works', async () => {
    await promote(100);
    stand.lead = 'nobody';
    stand.hold();
    assert.equal(stand.cap, 1);
    assert.match(stand.status.holds.join(), /No step forward is taken while Postgres is away/);
    await stand.delivery.rollback('billing', bob, 'wrong');
    assert.equal(stand.cap, 0);
  });
});
