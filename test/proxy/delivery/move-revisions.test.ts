import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import pino from 'pino';
import type { MigrationStatus } from '../../../proxy/delivery/model.ts';
import { MoveRevisions } from '../../../proxy/delivery/move-revisions.ts';
import type { AuditRow } from '../../../proxy/store/model.ts';
import type { ClaimResult, MoveClaim, MoveClaimStore } from '../../../proxy/store/move-claims.ts';

const order = { migration: 'billing', move: 'promote', actor: 'cli:alice' };

/** One claim a migration, as Postgres keeps it, shared by two replicas. */
class Claims implements MoveClaimStore {
  held: MoveClaim | undefined;
  isThere = true;
  available = () => this.isThere;
  async claim(claim: MoveClaim): Promise<ClaimResult> {
    if (this.held && this.held.revision >= claim.revision) {
      const { actor, move } = this.held;
      return { held: false, holder: { actor, move, at: '2026-11-24T10:00:00.000Z' } };
    }
    this.held = claim;
    return { held: true };
  }
  async isHeld({ claimId }: { claimId: string }): Promise<boolean> {
    return this.held?.claimId === claimId;
  }
  async release({ claimId }: { claimId: string }): Promise<void> {
    if (this.held?.claimId === claimId) this.held = undefined;
  }
  async takeBack(): Promise<void> {
    this.held = undefined;
  }
}

let claims: Claims;
let revision: number;
let overtaken: string[];
let rows: AuditRow[];

beforeEach(() => {
  claims = new Claims();
  revision = 7;
  overtaken = [];
  rows = [];
});

function replica(): MoveRevisions {
  return new MoveRevisions({
    status: () => ({ id: 'billing', revision }) as MigrationStatus,
    store: {
      available: () => claims.available(),
      claim: (claim) => claims.claim(claim),
      isHeld: (claim) => claims.isHeld(claim),
      release: (claim) => claims.release(claim),
      takeBack: () => claims.takeBack(),
    },
    audit: async () => rows,
    onBehind: async () => {},
    onOvertaken: async (migration) => void overtaken.push(migration),
    nowIso: () => '2026-11-24T10:00:00.000Z',
    log: pino({ level: 'silent' }),
  });
}

async function held(revisions: MoveRevisions, expected?: number) {
  const claimed = await revisions.claim(order, expected);
  assert.ok('settle' in claimed, JSON.stringify(claimed));
  return claimed;
}

describe('of several forward moves', () => {
  test('on one revision and one replica, the second is told who is first', async () => {
    const revisions = replica();
    await held(revisions, 7);
    const second = await revisions.claim({ ...order, actor: 'cli:bob' }, 7);
    assert.deepEqual(second, {
      conflict: ['cli:alice was first: promote, from the same revision, at 2026-11-24T10:00:00.000Z.'],
    });
  });

  test('on two replicas, the second is told who is first', async () => {
    await held(replica(), 7);
    const second = await replica().claim({ ...order, actor: 'cli:bob' }, 7);
    assert.ok('conflict' in second && second.conflict.join().includes('cli:alice was first'));
  });

  test('one that was not made gives way to the next', async () => {
    await (await held(replica(), 7)).settle(false);
    await held(replica(), 7);
  });

  test('one that was made leaves its revision taken', async () => {
    const first = await held(replica(), 7);
    revision = 9;
    await first.settle(true);
    revision = 7;
    assert.ok('conflict' in (await replica().claim(order, 7)));
    revision = 9;
    await held(replica(), 9);
  });

  test('on an older revision is told what happened since, the oldest first', async () => {
    const row = (seq: number, at: number, action: string): AuditRow => ({
      seq,
      at: `2026-11-24T10:00:0${seq}.000Z`,
      actor: 'cli:bob',
      action,
      reason: '',
      detail: { evidence: { revision: at } },
      hash: '',
    });
    rows = [row(4, 7, 'promote'), row(3, 6, 'refused'), row(2, 6, 'shadow'), row(1, 5, 'promote')];
    assert.deepEqual(await replica().claim(order, 5), {
      conflict: [
        'billing is at revision 7 by now, not 5.',
        'cli:bob: shadow at 2026-11-24T10:00:02.000Z.',
        'cli:bob: promote at 2026-11-24T10:00:04.000Z.',
      ],
    });
  });

  test('without Postgres one replica still makes one at a time', async () => {
    claims.isThere = false;
    const revisions = replica();
    await held(revisions, 7);
    assert.ok('conflict' in (await revisions.claim(order, 7)));
  });
});

describe('a migration that is taken back while it is moved forward', () => {
  test('on the same replica is taken back once more', async () => {
    claims.isThere = false;
    const revisions = replica();
    const move = await held(revisions);
    revisions.takenBack('billing');
    await move.settle(true);
    assert.deepEqual(overtaken, ['billing']);
  });

  test('on another replica is taken back once more', async () => {
    const move = await held(replica());
    replica().takenBack('billing');
    await move.settle(true);
    assert.deepEqual(overtaken, ['billing']);
  });

  test('by a move that then was not made is left alone', async () => {
    const revisions = replica();
    const move = await held(revisions);
    revisions.takenBack('billing');
    await move.settle(false);
    assert.deepEqual(overtaken, []);
  });
});
