import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Lead } from '../../../../proxy/delivery/ramp/brakes.ts';
import type { GateReport } from '../../../../proxy/evidence/model.ts';
import { isWithinShare } from '../../../../proxy/routing/bucket.ts';
import { alice, bob, DeliveryStand } from '../delivery-stand.ts';

/** Mulberry32: small, seeded, good enough to pick moves by. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const shares = [0, 0.1, 1, 3, 5, 25, 50, 75, 100];
const gates: GateReport['state'][] = ['open', 'waiting', 'refused'];
const leads: Lead[] = ['here', 'elsewhere', 'nobody'];
const settings = [
  'canary: { steps: [1, 5, 25, 50, 100], holdMinutes: 10, minRequests: 100 }',
  'canary: { steps: [5, 100], holdMinutes: 0, minRequests: 0 }',
  'canary: { steps: [1, 25, 100], holdMinutes: 5, minRequests: 0, approvals: [{ before: 25% }], windows: { not: [{ from: "09:00", to: "12:00" }] } }',
];

/** Sequences a test; FICUS_PROPERTY_RUNS=2000 looks longer. */
const runs = Number(process.env['FICUS_PROPERTY_RUNS'] ?? 30);

type Move = readonly [name: string, value: number];
const moves: Readonly<Record<string, (stand: DeliveryStand, value: number) => unknown>> = {
  flip: (stand, value) => stand.flip(shares[value % shares.length]!),
  copy: (stand, value) => stand.flip(shares[value % shares.length]!, 'shadow'),
  promote: (stand) => stand.delivery.promote('billing', undefined, alice, ''),
  promoteTo: (stand, value) => stand.delivery.promote('billing', shares[value % shares.length], alice, ''),
  pause: (stand) => stand.delivery.pause('billing', bob, 'x'),
  resume: (stand) => stand.delivery.resume('billing', bob, 'x'),
  abort: (stand) => stand.delivery.abort('billing', bob, 'x'),
  approve: (stand) => stand.delivery.approve('billing', bob, 'x'),
  rollback: (stand) => stand.delivery.rollback('billing', bob, 'x'),
  retire: (stand) => stand.delivery.retire('billing', bob, 'x'),
  gate: (stand, value) => stand.gateSays(gates[value % gates.length]!),
  lead: (stand, value) => {
    stand.lead = leads[value % leads.length]!;
  },
  known: (stand, value) => {
    stand.flagsKnown = value % 3 > 0;
  },
  flags: (stand, value) => {
    stand.flagError = value % 4 === 0 ? new Error('the disk is full') : undefined;
  },
  build: (stand, value) => {
    stand.serviceBuild = String(value % 3);
  },
  hold: (stand, value) => stand.hold(value % 20, (value * 7) % 200),
  reconcile: (stand) => stand.delivery.reconcile(),
};

function someMoves(seed: number): { settings: string; moves: Move[] } {
  const next = random(seed);
  const names = Object.keys(moves);
  return {
    settings: settings[Math.floor(next() * settings.length)]!,
    moves: Array.from({ length: 40 }, () => [
      names[Math.floor(next() * names.length)]!,
      Math.floor(next() * 100),
    ]),
  };
}

/** Plays moves and holds after each what must always hold. Throws with what did not. */
async function play(canary: string, played: readonly Move[]): Promise<DeliveryStand> {
  const stand = new DeliveryStand(`${canary}, retire: { afterDays: 0 }`);
  for (const [name, value] of played) {
    const before = { cap: stand.cap, phase: stand.status.phase };
    const gate = stand.gateState;
    await moves[name]!(stand, value);
    const { share, phase } = stand.status;
    assert.ok(
      share.effective <= stand.cap,
      `${name}: ${share.effective} % is in force over the cap ${stand.cap} %`,
    );
    assert.ok(share.effective <= share.asked, `${name}: more is in force than asked`);
    if (stand.cap > before.cap) {
      const isSteppedInto = stand.migration.canary.steps.includes(stand.cap);
      assert.ok(isSteppedInto, `${name}: ${stand.cap} % is no step`);
      assert.equal(stand.gateState, 'open', `${name}: forward with a gate that is ${gate}`);
      assert.equal(stand.lead, 'here', `${name}: forward by a replica that does not take the steps`);
      assert.equal(stand.flagsKnown, true, `${name}: forward on flags that nobody has read`);
      assert.equal(stand.status.pause, undefined, `${name}: forward though paused`);
      const isHeld = stand.migration.canary.holdMinutes > 0;
      const stepAfter = stand.migration.canary.steps.find((step) => step > before.cap);
      if (isHeld) assert.equal(stand.cap, stepAfter, `${name}: a step was left out`);
    }
    if (phase === 'retired') assert.equal(stand.cap, 100, `${name}: retired and not all of it`);
  }
  return stand;
}

/** The fewest moves found that still fail: whole stretches are left out first, then single ones. */
async function shrunk(canary: string, failing: readonly Move[]): Promise<readonly Move[]> {
  for (let size = failing.length >> 1; size >= 1; size >>= 1) {
    for (let from = 0; from + size <= failing.length; from++) {
      const fewer = failing.toSpliced(from, size);
      const stillFails = await play(canary, fewer).then(
        () => false,
        () => true,
      );
      if (stillFails) return shrunk(canary, fewer);
    }
  }
  return failing;
}

async function playAny(seed: number): Promise<DeliveryStand> {
  const any = someMoves(seed);
  try {
    return await play(any.settings, any.moves);
  } catch (error) {
    const fewest = await shrunk(any.settings, any.moves);
    const text = fewest.map(([name, value]) => `${name} ${value}`).join(', ');
    throw new Error(`seed ${seed}, ${any.settings}: ${text}: ${(error as Error).message}`, { cause: error });
  }
}

describe('over any sequence of moves, flags, evidence, time and replicas', () => {
  test('nothing is in force above the cap, and the cap rises by steps, only with an open gate and all that it needs', async () => {
    for (let seed = 1; seed <= runs; seed++) await playAny(seed);
  });

  test('one roll back leads to the monolith, and there it stays until somebody asks again', async () => {
    for (let seed = 100_001; seed <= 100_000 + runs / 2; seed++) {
      const stand = await playAny(seed);
      // The flag may be out of reach, too; and then everything speaks for going on.
      stand.flagError = seed % 2 === 0 ? new Error('the disk is full') : undefined;
      await stand.delivery.rollback('billing', bob, 'back');
      assert.deepEqual([stand.cap, stand.status.share.effective], [0, 0], `seed ${seed}`);
      stand.flagsKnown = true;
      stand.lead = 'here';
      stand.gateSays('open');
      stand.hold();
      assert.equal(stand.cap, 0, `seed ${seed}: forward again by itself`);
    }
  });

  test('who is in at a share is in at every larger one, whatever the way between them', () => {
    const next = random(42);
    for (let user = 0; user < 300; user++) {
      const way = Array.from({ length: 6 }, () => shares[Math.floor(next() * shares.length)]!);
      const isIn = (share: number) => isWithinShare(share, 'billing', `user-${user}`);
      const largestOut = Math.max(-1, ...way.filter((share) => !isIn(share)));
      const smallestIn = Math.min(101, ...way.filter(isIn));
      assert.ok(largestOut < smallestIn, `user-${user} is in at ${smallestIn} % and out at ${largestOut} %`);
    }
  });
});
