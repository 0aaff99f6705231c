import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openFileFlags } from '../../../proxy/flags/file-flags.ts';
import { FlagError, type FlagSource } from '../../../proxy/flags/flag-source.ts';
import { askedShare } from '../../../proxy/flags/share.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { HeardLog } from './heard-log.ts';

const options = { timeout: 20_000 };
const refusal = 'flags.json is refused, the last known flags stay';

async function open(t: TestContext, content?: string) {
  const dataDir = mkdtempSync(join(tmpdir(), 'ficus-flags-'));
  const file = join(dataDir, 'flags.json');
  if (content !== undefined) writeFileSync(file, content);
  const heard = new HeardLog();
  const flags = await openFileFlags({ dataDir, clock: systemClock, log: heard.log, pollMs: 20 });
  t.after(async () => {
    await flags.close();
    rmSync(dataDir, { recursive: true });
  });
  return { flags, file, dataDir, heard };
}

const serving = (percent: number) =>
  JSON.stringify({
    version: 2,
    features: [
      {
        name: 'catalog.serve',
        enabled: true,
        strategies: [{ name: 'flexibleRollout', parameters: { rollout: `${percent}`, groupId: 'catalog' } }],
      },
    ],
  });

const asked = (flags: FlagSource, flag = 'catalog.serve') => askedShare(flags.current(), flag).percent;

/** Waits for the next change that leaves the flag asking for so much. */
function untilAsked(flags: FlagSource, percent: number): Promise<void> {
  return new Promise((resolve) => {
    flags.onChange(() => {
      if (asked(flags) === percent) resolve();
    });
  });
}

const change = (percent: number) =>
  ({ migrationId: 'catalog', which: 'serve', percent, reason: 'a test', actor: 'tester' }) as const;

test('a missing file is made, with no flags in it', options, async (t) => {
  const { flags, file } = await open(t);
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { version: 2, features: [], segments: [] });
  assert.deepEqual(flags.current().features, []);
  assert.deepEqual(flags.health(), { source: 'file', up: true });
});

test('a share that is set is in force, told and in the file when the promise is kept', options, async (t) => {
  const { flags, file } = await open(t);
  let told = 0;
  flags.onChange(() => told++);
  await flags.setShare(change(0.1));
  assert.equal(asked(flags), 0.1);
  assert.equal(told, 1);
  assert.equal(asked(await openAgain(t, file)), 0.1);
});

async function openAgain(t: TestContext, file: string): Promise<FlagSource> {
  return (await open(t, readFileSync(file, 'utf8'))).flags;
}

test('setting a share keeps everything in the file that is not ours', options, async (t) => {
  const theirs = {
    version: 2,
    comment: 'by hand',
    features: [
      { name: 'other', enabled: false, strategies: [{ name: 'default', disabled: true }], owner: 'x' },
      {
        name: 'catalog.serve',
        enabled: false,
        strategies: [{ name: 'default' }],
        description: 'mine',
        dependencies: [{ feature: 'other' }],
      },
    ],
    segments: [{ id: 7, name: 'staff', constraints: [] }],
  };
  const { flags, file } = await open(t, JSON.stringify(theirs));
  await flags.setShare(change(5));
  const { features, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
  assert.deepEqual(rest, { version: 2, comment: 'by hand', segments: theirs.segments });
  assert.deepEqual(features[0], theirs.features[0]);
  const { strategies, ...ours } = features[1];
  assert.deepEqual(ours, {
    name: 'catalog.serve',
    enabled: true,
    description: 'mine',
    dependencies: [{ feature: 'other' }],
  });
  assert.equal(strategies.length, 1);
});

test('0 % turns the flag off', options, async (t) => {
  const { flags, file } = await open(t, serving(50));
  await flags.setShare(change(0));
  assert.equal(asked(flags), 0);
  assert.equal(JSON.parse(readFileSync(file, 'utf8')).features[0].enabled, false);
});

test('shares that are set at once are all set', options, async (t) => {
  const { flags, dataDir } = await open(t);
  const migrations = ['a', 'b', 'c', 'd', 'e'];
  await Promise.all(
    migrations.flatMap((migrationId) => [
      flags.setShare({ ...change(10), migrationId }),
      flags.setShare({ ...change(20), migrationId, which: 'shadow' }),
    ]),
  );
  for (const id of migrations) {
    assert.equal(asked(flags, `${id}.serve`), 10);
    assert.equal(asked(flags, `${id}.shadow`), 20);
  }
  assert.deepEqual(readdirSync(dataDir), ['flags.json']);
});

test('a share that no flag can ask for is refused', options, async (t) => {
  const { flags } = await open(t);
  await assert.rejects(flags.setShare(change(1.5)), FlagError);
  await assert.rejects(flags.setShare(change(Number.NaN)), FlagError);
  assert.equal(asked(flags), 0);
});

test('an edit by hand counts, in place and by rename', options, async (t) => {
  const { flags, file } = await open(t, serving(1));
  const first = untilAsked(flags, 2);
  writeFileSync(file, serving(2));
  await first;
  const second = untilAsked(flags, 3);
  writeFileSync(`${file}.new`, serving(3));
  renameSync(`${file}.new`, file);
  await second;
});

test('an edit by hand back to what we wrote last is not ours', options, async (t) => {
  const { flags, file } = await open(t);
  const share = { migrationId: 'catalog', which: 'serve', percent: 5, reason: 'first', actor: 'me' } as const;
  await flags.setShare(share);
  assert.deepEqual(await flags.storyOf({ flag: 'catalog.serve' }, true), { own: true });
  const ours = readFileSync(file, 'utf8');
  const edits: [string, number][] = [
    [serving(7), 7],
    [ours, 5],
  ];
  for (const [text, percent] of edits) {
    const isAsked = untilAsked(flags, percent);
    writeFileSync(file, text);
    await isAsked;
    assert.equal((await flags.storyOf({ flag: 'catalog.serve' }, true)).own, false);
  }
  await flags.setShare({ ...share, percent: 10 });
  assert.deepEqual(await flags.storyOf({ flag: 'catalog.serve' }, true), { own: true });
});

test('a broken file keeps the last good flags, and is reported', options, async (t) => {
  const { flags, file, heard } = await open(t, serving(5));
  const refused = heard.until(refusal);
  writeFileSync(file, '{\n  "version": 2,\n  "features": [}\n}\n');
  const { problem } = await refused;
  assert.match(String(problem), /^is not JSON: Unexpected token '}'/);
  assert.equal(asked(flags), 5);
  const { up, detail } = flags.health();
  assert.equal(up, false);
  assert.match(detail ?? '', /^flags.json is not JSON: [\s\S]* \(since 20.*Z\)$/);

  const mended = untilAsked(flags, 6);
  writeFileSync(file, serving(6));
  await mended;
  assert.deepEqual(flags.health(), { source: 'file', up: true });
});

test('a file that is broken and then as it was before is no change', options, async (t) => {
  const { flags, file, heard } = await open(t, serving(5));
  let told = 0;
  flags.onChange(() => told++);
  const refused = heard.until(refusal);
  writeFileSync(file, '{');
  await refused;
  const mended = heard.until('flags.json is good again');
  writeFileSync(file, serving(5));
  await mended;
  await flags.setShare(change(6));
  assert.equal(told, 1);
});

test('a file of the wrong shape keeps the last good flags', options, async (t) => {
  const { flags, file, heard } = await open(t, serving(5));
  const refused = heard.until(refusal);
  writeFileSync(file, '{"features":[{"name":"catalog.serve","enabled":1,"strategies":[]}]}');
  assert.match(String((await refused)['problem']), /^is not right: features\[0\]\.enabled: /);
  assert.equal(asked(flags), 5);
});

test('an empty file keeps the last good flags', options, async (t) => {
  const { flags, file, heard } = await open(t, serving(5));
  const refused = heard.until(refusal);
  writeFileSync(file, '');
  await refused;
  assert.equal(asked(flags), 5);
});

test('no share is set in a broken file, which would lose what somebody is writing', options, async (t) => {
  const { flags, file, heard } = await open(t, serving(5));
  const refused = heard.until(refusal);
  writeFileSync(file, '{');
  await refused;
  await assert.rejects(flags.setShare(change(50)), {
    name: 'Error',
    message: /^flags.json is not JSON: .*mend it first$/,
  });
  assert.equal(readFileSync(file, 'utf8'), '{');
});

test('a file that is broken at the start means no flags', options, async (t) => {
  const { flags } = await open(t, '{');
  assert.deepEqual(flags.current().features, []);
  assert.equal(flags.health().up, false);
});

test('a deleted file keeps the last known flags; setting a share brings them back', options, async (t) => {
  const { flags, file, heard } = await open(t, serving(5));
  const refused = heard.until(refusal);
  rmSync(file);
  await refused;
  assert.equal(asked(flags), 5);
  await flags.setShare({ ...change(10), which: 'shadow' });
  assert.ok(existsSync(file));
  assert.equal(asked(flags), 5);
  assert.equal(asked(flags, 'catalog.shadow'), 10);
  assert.equal(flags.health().up, true);
});

test('a file keeps the permissions that it was given', options, async (t) => {
  const { flags, file } = await open(t, serving(5));
  chmodSync(file, 0o664);
  await flags.setShare(change(6));
  assert.equal(statSync(file).mode & 0o777, 0o664);
});

test('a file that cannot be written is said so, and the flags stay', options, async (t) => {
  const { flags, dataDir } = await open(t, serving(5));
  // The temporary file's name is taken by a directory: also root can't write there.
  const taken = join(dataDir, `flags.json.${process.pid}.tmp`, 'x');
  mkdirSync(taken, { recursive: true });
  await assert.rejects(flags.setShare(change(6)), { message: /flags.json could not be written: EISDIR/ });
  assert.equal(asked(flags), 5);
});
