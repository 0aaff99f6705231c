import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noNotes } from '../../../proxy/recording/read-recording.ts';
import { reportOf } from '../../../proxy/replay/report.ts';
import { emptyTally, type ReplayOutcome, Tally } from '../../../proxy/replay/tally.ts';
import type { ComparedPair } from '../../../proxy/shadow/pair.ts';

function compared(outcome: ComparedPair['outcome'], signatures: readonly string[] = []): ReplayOutcome {
  const differences = signatures.map((signature) => ({
    signature,
    place: 'body:/a/1',
    pattern: 'body:/a/*',
    kind: 'value' as const,
    monolith: '1',
    service: '2',
  }));
  const pair = {
    id: 'x',
    migration: 'catalog',
    route: 'GET /a',
    at: '2026-11-24T10:00:00.000Z',
    control: 'monolith' as const,
    outcome,
    differences,
    monolithMs: 1,
    serviceMs: 1,
    ...(outcome === 'incomparable' && { reason: 'service timed-out: over 1000 ms' }),
  };
  return {
    kind: 'compared',
    pair,
    isNoise: false,
    target: '/a',
    latencyMs: { monolith: 1, service: 2 },
    behindMs: 0,
  };
}

const facts = {
  order: { maxDifferentPercent: 0, failOnNewSignature: false },
  scan: { exchanges: 4, signatures: new Set(['old']), notes: noNotes() },
  knownSignatures: new Set<string>(),
  verdicts: new Map(),
  seconds: 1,
  stopped: false,
  warnings: [],
};

function stateOf(...outcomes: ReplayOutcome[]) {
  const tally = new Tally(emptyTally());
  for (const [index, outcome] of outcomes.entries()) tally.settle(index, outcome);
  return tally.state;
}

test('outcomes that come early wait for those before them, so a state has no gaps', () => {
  const tally = new Tally(emptyTally());
  tally.settle(2, compared('agreed'));
  tally.settle(1, { kind: 'skipped', reason: 'unsafe method' });
  assert.deepEqual([tally.state.done, tally.state.agreed, tally.waiting], [0, 0, 2]);
  tally.settle(0, compared('differed', ['a']));
  assert.deepEqual([tally.state.done, tally.state.agreed, tally.state.differed, tally.waiting], [3, 1, 1, 0]);
  assert.deepEqual(tally.state.skipped, { 'unsafe method': 1 });
});

test('a pair counts once for a signature that it shows twice', () => {
  const { signatures } = reportOf(
    stateOf(compared('differed', ['a', 'a', 'b']), compared('differed', ['a'])),
    facts,
  );
  assert.deepEqual(
    signatures.map(({ signature, pairs, place }) => [signature, pairs, place]),
    [
      ['a', 2, 'body:/a/*'],
      ['b', 1, 'body:/a/*'],
    ],
  );
});

test('a state that went through JSON goes on where it was', () => {
  const whole = stateOf(compared('agreed'), compared('differed', ['a']), compared('agreed'));
  const half = stateOf(compared('agreed'), compared('differed', ['a']));
  const tally = new Tally(JSON.parse(JSON.stringify(half)));
  tally.settle(2, compared('agreed'));
  assert.deepEqual(tally.state, whole);
});

test('every agreeing pair passes; one that differs or can not be compared does not', () => {
  assert.deepEqual(reportOf(stateOf(compared('agreed'), compared('agreed')), facts).failures, []);
  assert.match(
    reportOf(stateOf(compared('agreed'), compared('differed', ['a'])), facts).failures[0] ?? '',
    /^1 of 2 pairs/,
  );
  assert.equal(reportOf(stateOf(compared('incomparable')), facts).failures.length, 1);
});

test('within --max-different it passes, over it it does not', () => {
  const state = stateOf(
    ...Array.from({ length: 199 }, () => compared('agreed')),
    compared('differed', ['a']),
  );
  const judged = (maxDifferentPercent: number) =>
    reportOf(state, { ...facts, order: { maxDifferentPercent, failOnNewSignature: false } }).failures.length;
  assert.deepEqual([judged(0.5), judged(0.49)], [0, 1]);
});

test('with --fail-on-new-signature only signatures that nobody knew fail', () => {
  const order = { maxDifferentPercent: 100, failOnNewSignature: true };
  const state = stateOf(compared('differed', ['old', 'known']));
  assert.deepEqual(reportOf(state, { ...facts, order, knownSignatures: new Set(['known']) }).failures, []);
  assert.match(reportOf(state, { ...facts, order }).failures[0] ?? '', /1 new signatures: known/);
});

test('a pair with nothing but excused signatures agrees and is counted apart; with another one it differs', () => {
  const tally = new Tally(emptyTally(), ['a', 'b']);
  const outcomes = [compared('differed', ['a', 'b']), compared('differed', ['a', 'c']), compared('agreed')];
  for (const [index, outcome] of outcomes.entries()) tally.settle(index, outcome);
  const verdicts = new Map([['a', { signature: 'a', state: 'expected' as const, owner: 'qa' }]]);
  const report = reportOf(tally.state, { ...facts, verdicts });
  assert.deepEqual([report.agreed, report.excused, report.differed], [2, 1, 1]);
  assert.deepEqual([report.routes[0]?.agreed, report.routes[0]?.differed], [2, 1]);
  const [first, , last] = report.signatures;
  assert.deepEqual([first?.verdict?.state, first?.isNew, last?.isNew], ['expected', false, true]);
});

test('a resumed replay goes by the verdicts that it began with', () => {
  const begun = new Tally(emptyTally(), ['a']);
  const tally = new Tally(JSON.parse(JSON.stringify(begun.state)), []);
  tally.settle(0, compared('differed', ['a']));
  assert.deepEqual([tally.state.agreed, tally.state.differed], [1, 0]);
});

test('a replay that compared nothing, or was stopped, is not passed', () => {
  assert.match(
    reportOf(stateOf({ kind: 'skipped', reason: 'no route' }), facts).failures[0] ?? '',
    /nothing was compared/,
  );
  assert.match(
    reportOf(stateOf(compared('agreed')), { ...facts, stopped: true }).failures[0] ?? '',
    /stopped after 1 of 4/,
  );
});
