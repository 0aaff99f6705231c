import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cleanPairsNeeded, wilsonLowerBound } from '../../../proxy/evidence/wilson.ts';

describe('wilsonLowerBound', () => {
  // R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3, lower limits.
  const published: [agreed: number, total: number, bound: number][] = [
    [81, 263, 0.2553],
    [15, 148, 0.0624],
    [0, 20, 0],
    [1, 29, 0.0061],
  ];
  for (const [agreed, total, bound] of published) {
    test(`${agreed} of ${total} give ${bound}, as published`, () =>
      assert.equal(Math.round(wilsonLowerBound(agreed, total) * 10_000) / 10_000, bound));
  }

  for (const total of [1, 10, 765, 3000]) {
    test(`${total} of ${total} give n / (n + z²)`, () =>
      assert.ok(Math.abs(wilsonLowerBound(total, total) - total / (total + 3.841459)) < 1e-6));
  }

  test('Without pairs it is 0', () => assert.equal(wilsonLowerBound(0, 0), 0));

  test('It stays from 0 to 1 and under the share for every count up to 200', () => {
    for (let total = 1; total <= 200; total++) {
      for (let agreed = 0; agreed <= total; agreed++) {
        const bound = wilsonLowerBound(agreed, total);
        assert.ok(bound >= 0 && bound <= agreed / total && bound < 1, `${agreed} of ${total}: ${bound}`);
      }
    }
  });
});

describe('cleanPairsNeeded', () => {
  test('For every count and bound, that many pairs do and one fewer does not', () => {
    for (const asked of [0.5, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999]) {
      for (const total of [0, 1, 7, 100, 765, 3000, 40_000]) {
        for (const disagreeing of [0, 1, 2, 13, 60].filter((count) => count <= total)) {
          const agreed = total - disagreeing;
          const more = cleanPairsNeeded(agreed, total, asked);
          assert.ok(more !== undefined);
          const bound = (added: number) => wilsonLowerBound(agreed + added, total + added);
          assert.ok(bound(more) >= asked, `${agreed}/${total} + ${more} for ${asked}`);
          if (more > 0) assert.ok(bound(more - 1) < asked, `${agreed}/${total} + ${more - 1} for ${asked}`);
        }
      }
    }
  });

  test('99.5 % without a difference takes 765 pairs', () => assert.equal(cleanPairsNeeded(0, 0, 0.995), 765));
  test('Nothing reaches 100 %', () => assert.equal(cleanPairsNeeded(1e6, 1e6, 1), undefined));
  test('Nothing asked, nothing needed', () => assert.equal(cleanPairsNeeded(0, 0, 0), 0));
});
