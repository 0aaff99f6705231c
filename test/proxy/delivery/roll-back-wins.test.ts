import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import pino from 'pino';
import { takesBack } from '../../../proxy/delivery/audit-standing.ts';
import { MigrationDelivery } from '../../../proxy/delivery/delivery.ts';
import { MigrationStates } from '../../../proxy/delivery/migration-states.ts';
import { MoveRevisions } from '../../../proxy/delivery/move-revisions.ts';
import type { Lead } from '../../../proxy/delivery/ramp/brakes.ts';
import { TrafficHistory } from '../../../proxy/delivery/traffic-history.ts';
import { emptyFeatureSet, type FeatureSet } from '../../../proxy/flags/feature-set.ts';
import { FlagChanged, type FlagSource, type ShareChange } from '../../../proxy/flags/flag-source.ts';
import { askedShare, shareStrategy } from '../../../proxy/flags/share.ts';
import type { MigrationStateRow } from '../../../proxy/store/model.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { sampleMigration } from '../routing/sample-routing.ts';
import { startTestStore, type TestStore } from '../store/start-test-store.ts';

const log = pino({ level: 'silent' });
const alice = { name: 'cli:alice' };
const bob = { name: 'cli:bob' };

let started: TestStore;
let id = '';
let tests = 0;
let server: FlagServer;
let audited: string[];
let first: Replica;
let second: Replica;

before(async () => {
  started = await startTestStore();
});
after(() => started.stop());
beforeEach(async () => {
  id = `billing-${tests++}`;
  server = new FlagServer();
  audited = [];
  first = new Replica('here');
  second = new Replica('elsewhere');
  assert.equal((await first.promote(25)).done, true);
  for (const replica of [first, second]) await replica.catchUp();
  assert.deepEqual([first.share, second.share], [25, 25]);
  audited = [];
});

describe('a promote on one replica and a roll back on another', () => {
  test('that is made while the flag is being raised wins, in the flag, too', async () => {
    const raised = server.holdNextWrite();
    const promoting = first.promote(50);
    await raised.reached;
    assert.equal((await second.rollback()).done, true);
    raised.go();
    const promoted = await promoting;
    assert.ok(!promoted.done);
    assert.match(promoted.reasons.join(), /was taken back while it was promoted, which wins/);
    await bothAreAt(0);
    assert.deepEqual(audited, ['rollback', 'refused promote']);
  });

  test('that is made after the flag was raised wins, though it had not seen that', async () => {
    assert.equal((await first.promote(50)).done, true);
    assert.equal((await second.rollback()).done, true);
    await bothAreAt(0);
    assert.deepEqual(audited, ['promote', 'rollback']);
  });

  test('which is later is made, though the flag and the state that it goes by are old', async () => {
    assert.equal((await second.rollback()).done, true);
    // Until it is in Postgres it would win over what comes after it, too.
    await second.settled();
    assert.equal(first.asked, 25, 'not seen yet');
    const promoted = await first.promote(50);
    assert.equal(promoted.done, true, JSON.stringify(promoted));
    await bothAreAt(50);
    assert.deepEqual(audited, ['rollback', 'promote']);
  });

  test('wins over steps that another replica takes meanwhile, whatever their revisions', async () => {
    for (const reason of ['one', 'two', 'three']) await first.delivery.shadow(id, 10, alice, reason);
    await first.catchUp();
    const before = second.delivery.status(id)!.revision;
    assert.ok(before < first.delivery.status(id)!.revision);
    server.isAway = true;
    assert.equal((await second.rollback()).done, true);
    for (const replica of [second, first, second, first]) await replica.catchUp();
    assert.deepEqual([first.share, second.share], [0, 0]);
    const [one, other] = [first, second].map(({ delivery }) => delivery.status(id)!.revision);
    assert.ok(one === other && one! > before + 3);
  });
});

test('somebody has moved the flag in the flag server, a promote does not write over it', async () => {
  server.asked = 5;
  const promoted = await first.promote(50);
  assert.ok(!promoted.done);
  assert.match(promoted.reasons.join(), /somebody has changed/);
  assert.equal(server.asked, 5);
});

async function bothAreAt(share: number): Promise<void> {
  for (const replica of [first, second, first, second]) await replica.catchUp();
  assert.deepEqual([first.share, second.share, server.asked], [share, share, share]);
}

/** What Unleash is to two replicas: each sees what is asked when it looks, and one that has not is refused. */
class FlagServer {
  asked = 0;
  isAway = false;
  #held: { reached: () => void; go: Promise<void> } | undefined;

  /** The next write stops on its way there. */
  holdNextWrite(): { readonly reached: Promise<void>; go(): void } {
    const reached = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    this.#held = { reached: reached.resolve, go: go.promise };
    return { reached: reached.promise, go: go.resolve };
  }

  async write({ percent, which }: ShareChange, seen: number): Promise<void> {
    if (this.isAway) throw new Error('away');
    if (which === 'shadow') return;
    if (percent > 0 && ![seen, percent].includes(this.asked))
      throw new FlagChanged('somebody has changed it');
    const held = this.#held;
    this.#held = undefined;
    held?.reached();
    await held?.go;
    this.asked = percent;
  }
}

class Replica {
  readonly delivery: MigrationDelivery;
  readonly #states: MigrationStates;
  readonly #revisions: MoveRevisions;
  readonly #writing: Promise<unknown>[] = [];
  #features: FeatureSet = emptyFeatureSet;
  #listeners: (() => void)[] = [];

  constructor(lead: Lead) {
    const { store } = started;
    const migration = sampleMigration(id, ['GET /a'], {
      canary: { steps: [5, 25, 50, 100], holdMinutes: 0, minRequests: 0 },
    });
    const file = path.join(tmpdir(), 'ficus-no-such-folder', 'states.json');
    const { load, save } = store.migrationStates;
    const states = { load, save: (row: MigrationStateRow) => this.#written(save(row)) };
    this.#states = new MigrationStates({ file, store: states, log });
    const delivery = new MigrationDelivery({
      migrations: () => [migration],
      flags: this.#flags(),
      gate: () => ({
        migration: id,
        state: 'open',
        key: { migration: id, monolithBuild: '1', serviceBuild: '2', rulesHash: 'r' },
        reasons: [],
        coverage: [],
      }),
      pairs: () => ({ agreed: 0, differed: 0, incomparable: 0 }),
      states: this.#states,
      traffic: new TrafficHistory(systemClock),
      lead: () => lead,
      audit: (entry) => {
        if (takesBack(entry)) this.#revisions.takenBack(entry.migration);
        if (['promote', 'rollback'].includes(entry.action)) audited.push(entry.action);
        if (entry.action === 'refused') audited.push(`refused ${entry.detail['action']}`);
      },
      onCapsChanged: () => {},
      clock: systemClock,
      log,
    });
    this.delivery = delivery;
    this.#revisions = new MoveRevisions({
      status: (migration) => delivery.status(migration),
      store: {
        ...store.moveClaims,
        takeBack: (migration) => this.#written(store.moveClaims.takeBack(migration)),
        available: store.available,
      },
      audit: async () => [],
      onBehind: async () => void (await this.#states.syncWithStore()),
      onOvertaken: async (migration) =>
        void (await delivery.rollback(migration, { name: 'ficus' }, 'it was taken back while it was moved')),
      nowIso: () => new Date().toISOString(),
      log,
    });
  }

  /** Percent in force here. */
  get share(): number {
    return this.delivery.status(id)!.share.effective;
  }

  /** Percent asked, as far as is known here. */
  get asked(): number {
    return askedShare(this.#features, `${id}.serve`).percent;
  }

  /** As the admin API does it for whoever takes what stands. */
  async promote(to: number) {
    const claimed = await this.#revisions.claim(
      { migration: id, move: 'promote', actor: alice.name },
      undefined,
    );
    assert.ok('settle' in claimed, JSON.stringify(claimed));
    const promoted = await this.delivery.promote(id, to, alice, 'it looks well');
    await claimed.settle(promoted.done);
    return promoted;
  }

  rollback() {
    return this.delivery.rollback(id, bob, 'invoices are missing');
  }

  /** What happens by itself within half a second. */
  async catchUp(): Promise<void> {
    await this.settled();
    await this.#states.syncWithStore();
    this.#see();
    this.delivery.reconcile();
    await this.settled();
    await this.#states.syncWithStore();
  }

  /** Once Postgres has what was written behind the moves so far. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#writing.splice(0));
  }

  #written<T>(write: Promise<T>): Promise<T> {
    this.#writing.push(write);
    return write;
  }

  #see(): void {
    const strategies = [shareStrategy(id, 'serve', server.asked)];
    const feature = { name: `${id}.serve`, enabled: server.asked > 0, strategies };
    this.#features = { ...emptyFeatureSet, features: [feature as FeatureSet['features'][number]] };
    for (const listener of this.#listeners) listener();
  }

  #flags(): FlagSource {
    return {
      current: () => this.#features,
      known: () => true,
      onChange: (listener) => void this.#listeners.push(listener),
      setShare: async (change) => {
        try {
          await server.write(change, this.asked);
        } finally {
          this.#see();
        }
      },
      setKill: async () => {},
      storyOf: async () => ({ own: true }),
      lastRun: () => undefined,
      shareClaims: () => {},
      ageMs: () => 0,
      health: () => ({ source: 'unleash', up: true }),
      close: async () => {},
    };
  }
}
