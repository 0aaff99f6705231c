import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deadRules, RuleCounts } from '../../../proxy/shadow/rule-use.ts';
import { noRules } from './sample-pair.ts';

const migration = (rulesHash: string) => ({
  id: 'catalog',
  rulesHash,
  shadow: { compare: { ...noRules, ignore: ['body:/a', 'body:/b'] }, redact: [] },
  routes: [{ id: 'GET /x', compare: { ...noRules, ignore: ['body:/c'] } }],
});

function record(counts: RuleCounts, pairs: number, mattered: number[], route = 'GET /y'): void {
  for (let n = 0; n < pairs; n++)
    counts.record({ migration: 'catalog', route, at: '2026-11-24T10:00:00.000Z' }, 'r1', mattered);
}

describe('rules that are of no use', () => {
  it('are named after 1,000 pairs without any; one pair brings them back', () => {
    const counts = new RuleCounts();
    counts.setMigrations([migration('r1')]);
    record(counts, 999, [1]);
    assert.deepEqual(deadRules(counts.of('catalog')), []);
    record(counts, 1, [1]);
    assert.deepEqual(deadRules(counts.of('catalog')), [
      'Rule `ignore body:/a` matched nothing in the last 1,000 pairs; remove it.',
    ]);
    record(counts, 1, [0]);
    assert.deepEqual(deadRules(counts.of('catalog')), []);
    assert.deepEqual(counts.of('catalog')[0], {
      rule: 'ignore body:/a',
      pairs: 1001,
      pairsSince: 0,
      lastMatchedAt: '2026-11-24T10:00:00.000Z',
    });
  });

  it("a route's own rule is asked by the pairs of that route", () => {
    const counts = new RuleCounts();
    counts.setMigrations([migration('r1')]);
    record(counts, 2000, [0, 1]);
    assert.equal(counts.of('catalog')[2]?.pairs, 0);
    record(counts, 1000, [0, 1], 'GET /x');
    assert.deepEqual(deadRules(counts.of('catalog')), [
      'Rule `GET /x: ignore body:/c` matched nothing in the last 1,000 pairs; remove it.',
    ]);
  });

  it('other rules start anew, the same ones go on', () => {
    const counts = new RuleCounts();
    counts.setMigrations([migration('r1')]);
    record(counts, 5, []);
    counts.setMigrations([migration('r1')]);
    assert.equal(counts.of('catalog')[0]?.pairs, 5);
    counts.setMigrations([migration('r2')]);
    assert.equal(counts.of('catalog')[0]?.pairs, 0);
    record(counts, 5, []);
    assert.equal(counts.of('catalog')[0]?.pairs, 0);
  });
});
