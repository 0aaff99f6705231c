import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { describe, it, type TestContext } from 'node:test';
import { pino } from 'pino';
import { type ComparerDependencies, createComparer } from '../../../proxy/shadow/comparer.ts';
import type { ComparedPair, Pair } from '../../../proxy/shadow/pair.ts';
import { answer, bytes, jsonAnswer, noRules, pairOf } from './sample-pair.ts';

const catalog = { id: 'catalog', rulesHash: 'r1', shadow: { compare: noRules, redact: [] } };

/** A comparer that knows the migration of the sample pairs, and what it reports. */
function startComparer(test: TestContext, settings: Partial<ComparerDependencies> = {}) {
  const compared: { pair: ComparedPair; rulesHash: string }[] = [];
  const dropped: [reason: string, n: number][] = [];
  const logged: string[] = [];
  let onReport = () => {};
  const comparer = createComparer({
    onCompared: (pair, rulesHash) => {
      compared.push({ pair, rulesHash });
      onReport();
    },
    onDropped: (reason, n) => {
      dropped.push([reason, n]);
      onReport();
    },
    log: pino({}, { write: (line: string) => void logged.push(line) }),
    redactionKey: bytes('key'),
    maxQueuedPairs: 100,
    maxQueuedBytes: 10_000_000,
    timeBudgetMs: 2000,
    ...settings,
  });
  test.after(() => comparer.close());
  comparer.setMigrations([catalog]);
  /** Resolves when so many pairs were compared. */
  const comparedCount = (count: number) =>
    new Promise<void>((resolve) => {
      onReport = () => compared.length >= count && resolve();
      onReport();
    });
  return { comparer, compared, dropped, logged, comparedCount };
}

function numbered(n: number, pair: Pair): Pair {
  return { ...pair, id: `pair-${n}` };
}

/** Keeps the comparer busy for seconds: arrays in arrays, each to be aligned anew with all that is in it. */
function endlessPair(): Pair {
  const record = (side: number) => (_: unknown, at: number) =>
    Object.fromEntries(
      Array.from({ length: 12 }, (_, field) => [`f${field}`, side * 1e6 + at * 100 + field]),
    );
  const nested = (side: number) => {
    const inner = JSON.stringify(Array.from({ length: 2000 }, record(side)));
    return `${`[${side},`.repeat(190)}${inner}${']'.repeat(190)}`;
  };
  return pairOf(jsonAnswer(nested(1)), jsonAnswer(nested(2)));
}

/** Of every thread of this process, by its nice value. */
function priorities(): number[] {
  return readdirSync('/proc/self/task').map((thread) => {
    const line = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8');
    return Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[16]);
  });
}

describe('comparer', () => {
  const onLinux = { skip: process.platform !== 'linux' && 'elsewhere threads have no priority of their own' };
  it('pairs are compared, the thread gives way to the others of the machine', onLinux, async (test) => {
    const { comparer, comparedCount } = startComparer(test);
    comparer.submit(pairOf(jsonAnswer({ n: 1 }), jsonAnswer({ n: 2 })));
    await comparedCount(1);
    assert.ok(priorities().includes(10), `${priorities()}`);
  });

  it(
    'under a Ficus that gives way to more than that, pairs are compared all the same',
    onLinux,
    async (test) => {
      const before = getPriority();
      setPriority(15);
      // Only who has the right to comes back; the tests after this one run then with less.
      test.after(() => {
        try {
          setPriority(before);
        } catch {}
      });
      const { comparer, comparedCount } = startComparer(test);
      comparer.submit(pairOf(jsonAnswer({ n: 1 }), jsonAnswer({ n: 2 })));
      await comparedCount(1);
      assert.ok(!priorities().includes(10), `${priorities()}`);
    },
  );

  it('pairs are compared in the order they came, under the rules they came under', async (test) => {
    const { comparer, compared, comparedCount } = startComparer(test);
    for (let n = 0; n < 20; n++)
      comparer.submit(numbered(n, pairOf(jsonAnswer({ n }), jsonAnswer({ n: n % 2 }))));
    await comparedCount(20);
    assert.deepEqual(
      compared.map(({ pair }) => pair.id),
      Array.from({ length: 20 }, (_, n) => `pair-${n}`),
    );
    assert.deepEqual(compared.map(({ pair }) => pair.outcome).slice(0, 3), ['agreed', 'agreed', 'differed']);
    assert.ok(compared.every(({ rulesHash }) => rulesHash === 'r1'));
  });

  it('new rules hold for the pairs that come after them', async (test) => {
    const { comparer, compared, comparedCount } = startComparer(test);
    const pair = pairOf(jsonAnswer({ a: 1 }), jsonAnswer({ a: 2 }));
    comparer.submit(pair);
    await comparedCount(1);
    comparer.setMigrations([
      { ...catalog, rulesHash: 'r2', shadow: { compare: { ...noRules, ignore: ['body:/a'] }, redact: [] } },
    ]);
    comparer.submit(pair);
    await comparedCount(2);
    assert.deepEqual(
      compared.map(({ pair, rulesHash }) => [pair.outcome, rulesHash]),
      [
        ['differed', 'r1'],
        ['agreed', 'r2'],
      ],
    );
  });

  it('it is told of each rule how many pairs it was of use in', async (test) => {
    const { comparer, comparedCount } = startComparer(test);
    const compare = { ...noRules, ignore: ['body:/a', 'body:/b'] };
    comparer.setMigrations([{ ...catalog, rulesHash: 'r3', shadow: { compare, redact: [] } }]);
    comparer.submit(pairOf(jsonAnswer({ a: 1, c: 1 }), jsonAnswer({ a: 2, c: 1 })));
    comparer.submit(pairOf(jsonAnswer({ a: 1, c: 1 }), jsonAnswer({ a: 1, c: 2 })));
    comparer.submit(pairOf(jsonAnswer({ a: 1 }), jsonAnswer({ a: 1 })));
    await comparedCount(3);
    assert.deepEqual(
      comparer.ruleUse('catalog').map(({ rule, pairs, pairsSince }) => [rule, pairs, pairsSince]),
      [
        ['ignore body:/a', 2, 1],
        ['ignore body:/b', 2, 2],
      ],
    );
    assert.deepEqual(comparer.ruleUse('gone'), []);
  });

  it('a hashed answer and the second one of the monolith get to the thread', async (test) => {
    const { comparer, compared, comparedCount } = startComparer(test);
    const hashed = {
      outcome: 'hashed',
      status: 200,
      headers: [],
      sha256: 'aa',
      bytes: 5,
      detail: '',
      durationMs: 1,
    } as const;
    const pair = pairOf(hashed, { ...hashed, sha256: 'bb' });
    comparer.submit({ ...pair, monolithAgain: hashed });
    await comparedCount(1);
    const [one] = compared;
    assert.deepEqual([one?.pair.differences[0]?.kind, one?.pair.again?.outcome], ['value', 'agreed']);
  });

  it('the caller keeps its bodies, also when they are views of one buffer', async (test) => {
    const { comparer, compared, comparedCount } = startComparer(test);
    const shared = Buffer.from('{"a":1}{"a":2}');
    const pair = pairOf(jsonAnswer(''), jsonAnswer(''));
    comparer.submit({
      ...pair,
      monolith: jsonAnswer('', { body: shared.subarray(0, 7) }),
      service: jsonAnswer('', { body: shared.subarray(7) }),
    });
    await comparedCount(1);
    assert.equal(compared[0]?.pair.differences[0]?.place, 'body:/a');
    assert.equal(shared.toString(), '{"a":1}{"a":2}');
  });

  it('more pairs than the queue holds: the oldest are dropped and counted', async (test) => {
    const { comparer, compared, dropped, comparedCount } = startComparer(test, { maxQueuedPairs: 3 });
    // The thread is not up yet, so nothing leaves the queue meanwhile.
    for (let n = 0; n < 10; n++) comparer.submit(numbered(n, pairOf(jsonAnswer({}), jsonAnswer({}))));
    await comparedCount(3);
    assert.deepEqual(
      compared.map(({ pair }) => pair.id),
      ['pair-7', 'pair-8', 'pair-9'],
    );
    assert.equal(
      dropped.reduce((sum, [, n]) => sum + n, 0),
      7,
    );
    assert.ok(dropped.every(([reason]) => reason === 'queue-full'));
  });

  it('more bytes than the queue holds: the oldest are dropped and counted', async (test) => {
    const { comparer, compared, dropped, comparedCount } = startComparer(test, { maxQueuedBytes: 25_000 });
    const large = pairOf(answer({ body: new Uint8Array(10_000) }), answer());
    for (let n = 0; n < 4; n++) comparer.submit(numbered(n, large));
    await comparedCount(2);
    assert.deepEqual(
      compared.map(({ pair }) => pair.id),
      ['pair-2', 'pair-3'],
    );
    assert.deepEqual(dropped, [
      ['queue-full', 1],
      ['queue-full', 1],
    ]);
  });

  it('a pair of a migration that is gone is dropped and counted', async (test) => {
    const { comparer, dropped, comparedCount } = startComparer(test);
    comparer.submit({ ...pairOf(jsonAnswer({}), jsonAnswer({})), migration: 'gone' });
    comparer.submit(pairOf(jsonAnswer({}), jsonAnswer({})));
    await comparedCount(1);
    assert.deepEqual(dropped, [['unknown-migration', 1]]);
  });

  it('a pair over the time budget is incomparable, and the next ones are compared by a new thread', async (test) => {
    const { comparer, compared, comparedCount, logged } = startComparer(test, { timeBudgetMs: 250 });
    comparer.submit(numbered(0, endlessPair()));
    await comparedCount(1);
    comparer.submit(numbered(1, pairOf(jsonAnswer([1]), jsonAnswer([1]))));
    await comparedCount(2);
    assert.deepEqual(
      compared.map(({ pair }) => [pair.id, pair.outcome, pair.reason]),
      [
        ['pair-0', 'incomparable', 'too complex: over 250 ms'],
        ['pair-1', 'agreed', undefined],
      ],
    );
    assert.equal(logged.length, 1);
  });

  it('a pair that breaks the thread is incomparable; neither log nor reason quotes it', async (test) => {
    const { comparer, compared, comparedCount, logged } = startComparer(test);
    // No such answer can come from a worker; it stands for any mistake in comparing.
    const broken = { ...answer({ status: 500 }), headers: [{ length: 1 }, 'plant-1'] as unknown as string[] };
    comparer.submit(numbered(0, pairOf(answer({ headers: ['X-Secret', 'plant-2'] }), broken)));
    comparer.submit(numbered(1, pairOf(jsonAnswer([1]), jsonAnswer([1]))));
    await comparedCount(2);
    assert.deepEqual(
      compared.map(({ pair }) => [pair.outcome, pair.reason]),
      [
        ['incomparable', 'comparing failed: TypeError'],
        ['agreed', undefined],
      ],
    );
    assert.ok(logged.length > 0 && !logged.join().includes('plant'));
  });

  it('closed: what waits is dropped and counted, what comes later too', async (test) => {
    const { comparer, dropped } = startComparer(test);
    comparer.submit(pairOf(jsonAnswer({}), jsonAnswer({})));
    await comparer.close();
    comparer.submit(pairOf(jsonAnswer({}), jsonAnswer({})));
    assert.deepEqual(dropped, [
      ['closed', 1],
      ['closed', 1],
    ]);
  });
});
