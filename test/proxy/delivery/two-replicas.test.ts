import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import type { StateStore } from '../../../proxy/delivery/migration-states.ts';
import type { MigrationStateRow } from '../../../proxy/store/model.ts';
import { bob, DeliveryStand } from './delivery-stand.ts';

/** Keeps of several writes what Postgres keeps of them (proxy/store/migration-states.ts). */
function sharedStore(): StateStore {
  let kept: MigrationStateRow | undefined;
  return {
    load: async () => (kept ? [kept] : []),
    async save(row) {
      const isNewer = !kept || row.revision > kept.revision;
      if (isNewer || (row.revision === kept?.revision && row.held && !kept.held)) kept = structuredClone(row);
    },
  };
}

let lead: DeliveryStand;
let other: DeliveryStand;

beforeEach(() => {
  const store = sharedStore();
  [lead, other] = ['lead', 'other'].map(
    () => new DeliveryStand('canary: { holdMinutes: 0, minRequests: 0 }', store),
  ) as [DeliveryStand, DeliveryStand];
  other.lead = 'elsewhere';
});

/** What the timers of both do, a few times. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    for (const replica of [lead, other]) {
      await replica.states.syncWithStore();
      replica.delivery.reconcile();
    }
  }
}

function flipSeenByBoth(percent: number): void {
  lead.flip(percent);
  other.flip(percent);
}

const caps = () => [lead.cap, other.cap];

describe('two replicas, one of which takes the steps', () => {
  test('come to one share where one is promoted while the other has seen the flag, and not yet who asked', async () => {
    await other.states.syncWithStore();
    // Its flag is seen by the one that takes the steps before the state is: both are at one revision then.
    const promoting = other.delivery.promote('billing', 5, bob, 'first users');
    lead.flip(5);
    assert.deepEqual(caps(), [5, 0]);
    await promoting;
    await settle();
    assert.deepEqual(caps(), [5, 5]);
  });

  test('give a share back on both when a flag was off and is on again, whatever the gate of the other says', async () => {
    flipSeenByBoth(25);
    await settle();
    assert.deepEqual(caps(), [25, 25]);
    other.gateSays('waiting', 'pairs');
    flipSeenByBoth(0);
    await settle();
    assert.deepEqual(caps(), [0, 0]);
    flipSeenByBoth(25);
    await settle();
    assert.deepEqual(caps(), [25, 25]);
  });

  test('hold a roll back that both know of before a move of the same revision', async () => {
    flipSeenByBoth(25);
    await settle();
    await other.delivery.rollback('billing', bob, 'wrong');
    lead.flip(50);
    await settle();
    assert.deepEqual(caps(), [0, 0]);
  });
});
