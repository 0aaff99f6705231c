import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DifferenceSet, SignatureCounts } from '../../../proxy/evidence/evidence-totals.ts';
import {
  excuseRoutes,
  judgementsOf,
  judgeSignatures,
  noiseContradiction,
  openSignatures,
} from '../../../proxy/evidence/judge.ts';
import type { VerdictRow } from '../../../proxy/store/model.ts';

const route = 'GET /api/products';
const nowMs = Date.parse('2026-11-24T12:00:00Z');
const key = { migration: 'catalog', monolithBuild: 'm1', serviceBuild: '1.4.0', rulesHash: 'r1' };

function shown(signature: string, more: Partial<SignatureCounts> = {}): SignatureCounts {
  return {
    signature,
    route,
    place: `body:/${signature}`,
    kind: 'value',
    pairs: 40,
    twiceBoth: 0,
    twiceService: 0,
    twiceMonolith: 0,
    firstSeen: '2026-11-24T10:00:00.000Z',
    lastSeen: '2026-11-24T11:00:00.000Z',
    ...more,
  };
}

function verdict(signature: string, more: Partial<VerdictRow> = {}): VerdictRow {
  return {
    ...key,
    signature,
    route,
    place: `body:/${signature}`,
    kind: 'value',
    verdict: 'expected',
    owner: 'team-catalog',
    reason: 'on purpose',
    at: '2026-11-20T10:00:00.000Z',
    actor: 'cli:anna',
    pairs: 40,
    routePairs: 400,
    ...more,
  };
}

const routes = [{ route, agreed: 100, differed: 60, incomparable: 3, askedTwice: 60 }];

function judge(signatures: readonly SignatureCounts[], verdicts: readonly VerdictRow[] = [], at = nowMs) {
  const bySignature = new Map(verdicts.map((one) => [one.signature, one]));
  return judgeSignatures({ routes, signatures }, { verdicts: bySignature, nowMs: at });
}
const states = (...given: Parameters<typeof judge>) => judge(...given).map(({ state, by }) => [state, by]);

describe('a signature', () => {
  test('Nobody judged it and the monolith was not asked twice, it is unjudged', () => {
    assert.deepEqual(states([shown('a')]), [['unjudged', undefined]]);
  });

  test('The monolith has it with itself as often, it is noise as measured', () => {
    assert.deepEqual(states([shown('a', { twiceBoth: 40, twiceMonolith: 2 })]), [['noise', 'measured']]);
  });

  test('It is expected until a time, before it it is excused and at it the gate is held again', () => {
    const until = '2026-11-25T00:00:00.000Z';
    const expected = verdict('a', { until });
    assert.deepEqual(states([shown('a')], [expected]), [['expected', 'verdict']]);
    const over = judge([shown('a')], [expected], Date.parse(until));
    assert.equal(over[0]?.state, 'expired');
    assert.match(
      openSignatures(over)[0]?.note ?? '',
      /^team-catalog judged it expected until .*, which is over$/,
    );
  });

  test('It is measured noise and somebody judged it a bug, the bug counts', () => {
    assert.deepEqual(states([shown('a', { twiceBoth: 60 })], [verdict('a', { verdict: 'bug' })]), [
      ['bug', 'verdict'],
    ]);
  });

  test('It was judged noise and the service turns out to show it more often than the monolith, it is open again', () => {
    const noise = verdict('a', { verdict: 'noise' });
    assert.deepEqual(states([shown('a')], [noise]), [['noise', 'verdict']]);
    const judged = judge([shown('a', { twiceService: 30, twiceMonolith: 2 })], [noise]);
    assert.equal(judged[0]?.state, 'returned');
    assert.match(
      openSignatures(judged)[0]?.note ?? '',
      /service alone shows it in 30 and the monolith alone in 2/,
    );
  });

  test('Noise would contradict what was measured, it is said why', () => {
    assert.equal(noiseContradiction(judge([shown('a')])[0]!), undefined);
    assert.match(noiseContradiction(judge([shown('a', { twiceService: 40 })])[0]!) ?? '', /does not explain/);
    assert.match(
      noiseContradiction(judge([shown('a', { twiceService: 5 })])[0]!) ?? '',
      /never differs from itself/,
    );
  });
});

describe('agreement', () => {
  const sets: readonly DifferenceSet[] = [
    { route, signatures: ['a'], pairs: 30 },
    { route, signatures: ['a', 'b'], pairs: 20 },
    { route, signatures: ['b'], pairs: 10 },
  ];
  const excused = (verdicts: readonly VerdictRow[]) =>
    excuseRoutes({ routes, sets }, judge([shown('a'), shown('b')], verdicts))[0];

  test('A pair differs in what is expected only, it agrees; one that also differs elsewhere does not', () => {
    const a = verdict('a', { until: '2027-01-01T00:00:00.000Z' });
    assert.deepEqual(excused([a]), { route, agreed: 130, differed: 30, incomparable: 3, excused: 30 });
    const b = { ...a, signature: 'b', verdict: 'noise' as const };
    assert.deepEqual(excused([a, b]), { route, agreed: 160, differed: 0, incomparable: 3, excused: 60 });
  });

  test('A verdict is over, the pairs that it excused differ again', () => {
    assert.equal(excused([verdict('a', { until: '2026-11-24T11:59:59.000Z' })])?.agreed, 100);
  });
});

describe('a bug', () => {
  const bug = verdict('a', { verdict: 'bug' });
  function finding(present: Partial<typeof key>, pairs: number, total: number) {
    const counted = [{ route, agreed: total - pairs, differed: pairs, incomparable: 0, askedTwice: 0 }];
    const verdicts = new Map([['a', bug]]);
    const judged = judgeSignatures(
      { routes: counted, signatures: pairs === 0 ? [] : [shown('a', { pairs })] },
      { verdicts, nowMs },
    );
    const context = { key: { ...key, ...present }, verdicts, nowMs };
    const [found] = judgementsOf({ routes: counted }, judged, context, 3000).bugs;
    return [found?.state, found?.cleanPairsAsked];
  }

  test('The build that has it runs, it stands', () => {
    assert.deepEqual(finding({}, 40, 400), ['same-build', 29]);
    assert.deepEqual(finding({}, 0, 4000), ['same-build', 29]);
  });

  test('Another build shows it, it is said to be there still', () => {
    assert.deepEqual(finding({ serviceBuild: '1.5.0' }, 1, 9000), ['shown', 29]);
  });

  test('Another build has not shown it, it is repaired after as many pairs as it would have come up in', () => {
    assert.deepEqual(finding({ serviceBuild: '1.5.0' }, 0, 28), ['unproven', 29]);
    assert.deepEqual(finding({ serviceBuild: '1.5.0' }, 0, 29), ['repaired', 29]);
  });
});
