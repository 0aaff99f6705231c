import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { emptyFeatureSet, type FeatureSet } from '../../../proxy/flags/feature-set.ts';
import { openFileFlags } from '../../../proxy/flags/file-flags.ts';
import type { FlagSource, KillChange } from '../../../proxy/flags/flag-source.ts';
import {
  asksToKill,
  keepKill,
  killFlag,
  killFlagKept,
  killStrategy,
} from '../../../proxy/flags/kill-flag.ts';
import { openKillSwitch } from '../../../proxy/flags/kill-switch.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { HeardLog } from './heard-log.ts';

const setWith = (enabled: boolean, strategies: object[] = [killStrategy]): FeatureSet =>
  ({ ...emptyFeatureSet, features: [{ name: killFlag, enabled, strategies }] }) as unknown as FeatureSet;

describe('the flag ficus.kill', () => {
  const rollout = (percent: string, constraints: object[] = []) => ({
    ...killStrategy,
    parameters: { ...killStrategy.parameters, rollout: percent },
    constraints,
  });
  const cases: [string, FeatureSet, boolean][] = [
    ['that is not there does not kill', emptyFeatureSet, false],
    ['that is off does not kill', setWith(false), false],
    ['that is on kills', setWith(true), true],
    ['that is on without strategies kills', setWith(true, []), true],
    ['that is on for a part kills everything', setWith(true, [rollout('5')]), true],
    [
      'that is on for some users kills everything',
      setWith(true, [rollout('100', [{ contextName: 'userId' }])]),
      true,
    ],
    ['that is on for 0 % does not kill', setWith(true, [rollout('0')]), false],
  ];
  for (const [name, set, kills] of cases) {
    test(name, () => assert.equal(asksToKill(set), kills));
  }

  test('that was on and is gone stays on', () => {
    assert.equal(asksToKill(keepKill(emptyFeatureSet, setWith(true)).set), true);
    assert.equal(asksToKill(keepKill(setWith(false), setWith(true)).set), false);
    assert.equal(asksToKill(keepKill(emptyFeatureSet, setWith(false)).set), false);
  });
});

/** Flags that a test sets by hand. */
class ManualFlags implements Pick<FlagSource, 'current' | 'onChange' | 'setKill'> {
  set = emptyFeatureSet;
  changes: KillChange[] = [];
  error: Error | undefined;
  /** Set: what is written comes back with a poll, which a test does by `become`. */
  isSlow = false;
  readonly #listeners: (() => void)[] = [];

  current(): FeatureSet {
    return this.set;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  get listeners(): number {
    return this.#listeners.length;
  }

  become(set: FeatureSet): void {
    this.set = set;
    for (const listener of this.#listeners) listener();
  }

  async setKill(change: KillChange): Promise<void> {
    if (this.error) throw this.error;
    this.changes.push(change);
    if (!this.isSlow) this.become(setWith(change.on));
  }
}

function folder(t: TestContext): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'ficus-kill-'));
  t.after(() => rmSync(dataDir, { recursive: true }));
  return dataDir;
}

const open = (flags: ManualFlags, dataDir: string) =>
  openKillSwitch({ flags, dataDir, clock: systemClock, log: new HeardLog().log });

describe('the kill switch', () => {
  test('turned on sets the flag, says who and why, and turned off is off', async (t) => {
    const flags = new ManualFlags();
    const kill = await open(flags, folder(t));
    assert.equal(kill.state(), undefined);
    assert.deepEqual(await kill.on('cli:alice', 'prices'), { done: true, warnings: [] });
    const { since, ...state } = kill.state()!;
    assert.deepEqual(state, { by: 'flag', actor: 'cli:alice', reason: 'prices' });
    assert.ok(Date.parse(since) <= Date.now());
    assert.deepEqual(await kill.off('cli:bob', 'fixed'), { done: true, warnings: [] });
    assert.equal(kill.state(), undefined);
    assert.deepEqual(
      flags.changes.map(({ on, actor }) => [on, actor]),
      [
        [true, 'cli:alice'],
        [false, 'cli:bob'],
      ],
    );
  });

  test('goes by the flag, whoever flips it, and tells of it', async (t) => {
    const flags = new ManualFlags();
    const kill = await open(flags, folder(t));
    const told: boolean[] = [];
    kill.onChange(() => told.push(kill.state() !== undefined));
    flags.become(setWith(true));
    flags.become(setWith(true, []));
    flags.become(setWith(false));
    assert.deepEqual(told, [true, false]);
  });

  test('is on before the flag is, so that it waits for nobody', async (t) => {
    const flags = new ManualFlags();
    const kill = await open(flags, folder(t));
    const told = new Promise<boolean>((resolve) => kill.onChange(() => resolve(flags.changes.length === 0)));
    void kill.on('cli:alice', 'prices');
    assert.equal(await told, true);
  });

  test('that cannot set the flag goes on by itself, also after a restart, until it is turned off', async (t) => {
    const flags = new ManualFlags();
    const dataDir = folder(t);
    flags.error = new Error('nobody there');
    const kill = await open(flags, dataDir);
    const result = await kill.on('cli:alice', 'prices');
    assert.match(result.done ? result.warnings.join(' ') : '', /could not be turned on: nobody there/);
    assert.equal(kill.state()?.by, 'here');
    const again = await open(flags, dataDir);
    assert.deepEqual(again.state(), kill.state());
    const off = await again.off('cli:alice', 'fixed');
    assert.match(off.done ? off.warnings.join(' ') : '', /could not be turned off: nobody there/);
    assert.equal((await open(flags, dataDir)).state(), undefined);
  });

  test('whose flag is written and does not come back in time says so, and turned off writes it again', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const flags = new ManualFlags();
    flags.isSlow = true;
    const kill = await open(flags, folder(t));
    const turning = kill.on('cli:alice', 'prices');
    while (flags.changes.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    t.mock.timers.tick(3000);
    const on = await turning;
    assert.match(on.done ? on.warnings.join(' ') : '', /ficus\.kill was turned on, which has not come back/);
    assert.equal(kill.state()?.by, 'here');
    assert.deepEqual(await kill.off('cli:bob', 'fixed'), { done: true, warnings: [] });
    assert.deepEqual(
      flags.changes.map(({ on }) => on),
      [true, false],
    );
    assert.equal(kill.state(), undefined);
  });

  test('turned on while its flag is on already ends with the flag', async (t) => {
    const flags = new ManualFlags();
    flags.set = setWith(true);
    flags.isSlow = true;
    const kill = await open(flags, folder(t));
    await kill.on('cli:alice', 'prices');
    flags.become(setWith(false));
    assert.equal(kill.state(), undefined);
  });

  test('leaves nobody listening to the flags for each turn', async (t) => {
    const flags = new ManualFlags();
    const kill = await open(flags, folder(t));
    const before = flags.listeners;
    await kill.on('cli:alice', 'prices');
    await kill.off('cli:alice', 'fixed');
    assert.equal(flags.listeners, before);
  });

  test('whose flag is on and cannot be turned off stays on', async (t) => {
    const flags = new ManualFlags();
    flags.set = setWith(true);
    flags.error = new Error('nobody there');
    const kill = await open(flags, folder(t));
    const result = await kill.off('cli:alice', 'fixed');
    assert.match(result.done ? '' : result.reason, /could not be turned off: nobody there\. It stays on/);
    assert.ok(kill.state());
  });

  test('whose file cannot be read is taken for on', async (t) => {
    const dataDir = folder(t);
    writeFileSync(join(dataDir, 'kill.json'), '{"actor":');
    assert.equal((await open(new ManualFlags(), dataDir)).state()?.by, 'here');
  });
});

test('a kill in flags.json holds when its entry is deleted by hand, and ends when it is turned off', async (t) => {
  const dataDir = folder(t);
  const heard = new HeardLog();
  const flags = await openFileFlags({ dataDir, clock: systemClock, log: heard.log, pollMs: 20 });
  t.after(() => flags.close());
  const kill = await openKillSwitch({ flags, dataDir, clock: systemClock, log: heard.log });
  await kill.on('cli:alice', 'prices');
  assert.equal(kill.state()?.by, 'flag');
  const kept = heard.until(killFlagKept);
  writeFileSync(join(dataDir, 'flags.json'), '{"version":2,"features":[]}');
  await kept;
  assert.ok(kill.state());
  assert.deepEqual(flags.health(), { source: 'file', up: false, detail: killFlagKept });
  await kill.off('cli:alice', 'fixed');
  assert.equal(kill.state(), undefined);
  assert.deepEqual(flags.health(), { source: 'file', up: true });
  assert.equal(existsSync(join(dataDir, 'kill.json')), false);
});

describe('a kill that is kept over a restart', () => {
  async function killed(t: TestContext): Promise<{ flags: ManualFlags; dataDir: string }> {
    const flags = new ManualFlags();
    const dataDir = folder(t);
    await (await open(flags, dataDir)).on('cli:alice', 'prices');
    return { flags, dataDir };
  }

  test('goes on where its flag is lost meanwhile, until it is turned off', async (t) => {
    const { flags, dataDir } = await killed(t);
    flags.set = emptyFeatureSet;
    for (let start = 0; start < 2; start++) {
      const { since: _, ...state } = (await open(flags, dataDir)).state()!;
      assert.deepEqual(state, { by: 'here', actor: 'cli:alice', reason: 'prices' });
    }
    const kill = await open(flags, dataDir);
    await kill.off('cli:bob', 'fixed');
    assert.equal(kill.state(), undefined);
    assert.equal((await open(flags, dataDir)).state(), undefined);
  });

  test('is over where its flag was turned off meanwhile, and the next one is not by who asked for it', async (t) => {
    const { flags, dataDir } = await killed(t);
    flags.set = setWith(false);
    const kill = await open(flags, dataDir);
    assert.equal(kill.state(), undefined);
    assert.equal(existsSync(join(dataDir, 'kill.json')), false);
    flags.become(setWith(true));
    assert.equal(kill.state()?.actor, undefined);
  });

  test('ends with its flag where the flag came on after it could not be set', async (t) => {
    const flags = new ManualFlags();
    const dataDir = folder(t);
    flags.error = new Error('nobody there');
    await (await open(flags, dataDir)).on('cli:alice', 'prices');
    flags.set = setWith(true);
    const kill = await open(flags, dataDir);
    assert.equal(kill.state()?.by, 'flag');
    flags.become(setWith(false));
    assert.equal(kill.state(), undefined);
  });
});
