import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AskedTwice, exceeds, judgeNoise } from '../../../proxy/evidence/noise.ts';

const seen = (pairs: number, both: number, serviceOnly: number, monolithOnly: number): AskedTwice => ({
  pairs,
  both,
  serviceOnly,
  monolithOnly,
});

describe('judgeNoise', () => {
  test('A field that always differs, with the monolith itself too, is noise from 30 pairs asked twice on', () => {
    assert.equal(judgeNoise(seen(29, 29, 0, 0)), 'unknown');
    assert.equal(judgeNoise(seen(30, 30, 0, 0)), 'noise');
  });

  test('A field that the monolith hardly ever shows with itself is none, however many pairs', () => {
    assert.equal(judgeNoise(seen(100_000, 0, 4, 4)), 'unknown');
    assert.equal(judgeNoise(seen(100_000, 0, 0, 0)), 'unknown');
  });

  test('A field that is wrong in the service is never noise', () => {
    assert.equal(judgeNoise(seen(1_000, 0, 1_000, 0)), 'exceeds');
    assert.equal(judgeNoise(seen(13, 0, 13, 0)), 'unknown');
    assert.equal(judgeNoise(seen(14, 0, 14, 0)), 'exceeds');
  });

  test('A field that is noise in a tenth and wrong in the service in half is not hidden by its noise', () => {
    assert.equal(judgeNoise(seen(100, 5, 45, 5)), 'exceeds');
  });

  test('Equal rates need some occurrences before they are noise', () => {
    assert.equal(judgeNoise(seen(1_000, 0, 8, 8)), 'unknown');
    assert.equal(judgeNoise(seen(1_000, 0, 16, 16)), 'noise');
  });

  test('The service differs far less often than the monolith with itself, the monolith explains it', () => {
    assert.equal(judgeNoise(seen(500, 0, 2, 100)), 'noise');
  });

  test('Counts of a very long time are still told apart', () => {
    assert.equal(judgeNoise(seen(40_000_000, 0, 1_000_000, 1_000_000)), 'noise');
    assert.equal(judgeNoise(seen(40_000_000, 0, 1_010_000, 1_000_000)), 'exceeds');
  });
});

/** mulberry32: the same numbers from the same seed, everywhere. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Plays pairs asked twice one by one and calls `look` after each. */
function play(
  pairs: number,
  rates: { own: number; service: number },
  random: () => number,
  look: (seen: AskedTwice) => void,
) {
  let [both, serviceOnly, monolithOnly] = [0, 0, 0];
  for (let n = 1; n <= pairs; n++) {
    const monolith = random() < rates.own;
    const service = random() < rates.service;
    if (monolith && service) both++;
    else if (service) serviceOnly++;
    else if (monolith) monolithOnly++;
    look({ pairs: n, both, serviceOnly, monolithOnly });
  }
}

describe('over many seeded runs', () => {
  test('Noise at the same rate on both sides is found, and taken back in fewer than 1 of 100 runs however often it is looked at', () => {
    const random = seeded(1);
    const runs = 300;
    let [found, takenBack] = [0, 0];
    for (let run = 0; run < runs; run++) {
      const rate = 0.02 + random() * 0.9;
      let last: AskedTwice | undefined;
      let everExceeded = false;
      play(2_000, { own: rate, service: rate }, random, (counts) => {
        last = counts;
        everExceeded ||= exceeds(counts);
      });
      if (judgeNoise(last!) === 'noise') found++;
      if (everExceeded) takenBack++;
    }
    assert.ok(found >= 0.97 * runs, `found ${found} of ${runs}`);
    assert.ok(takenBack <= 0.01 * runs, `taken back ${takenBack} of ${runs}`);
  });

  test('A service at three times the own rate is called noise in hardly any look, and shown to exceed in the end', () => {
    const random = seeded(2);
    const runs = 200;
    let [looks, noise, shown] = [0, 0, 0];
    for (let run = 0; run < runs; run++) {
      const own = 0.02 + random() * 0.28;
      let last: AskedTwice | undefined;
      play(2_000, { own, service: 3 * own }, random, (counts) => {
        last = counts;
        looks++;
        if (judgeNoise(counts) === 'noise') noise++;
      });
      if (judgeNoise(last!) === 'exceeds') shown++;
    }
    assert.ok(noise <= 0.001 * looks, `noise in ${noise} of ${looks} looks`);
    assert.ok(shown >= 0.99 * runs, `shown in ${shown} of ${runs}`);
  });

  test('A service at twice the own rate is called noise at a fixed look in at most 4 of 100 runs', () => {
    const random = seeded(3);
    const runs = 1_000;
    let noise = 0;
    for (let run = 0; run < runs; run++) {
      const own = 0.05 + random() * 0.35;
      let last: AskedTwice | undefined;
      play(200, { own, service: 2 * own }, random, (counts) => {
        last = counts;
      });
      if (judgeNoise(last!) === 'noise') noise++;
    }
    assert.ok(noise <= 0.04 * runs, `noise in ${noise} of ${runs}`);
  });
});
