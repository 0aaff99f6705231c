/** Two-sided 95 %: the 97.5th percentile of the normal distribution. */
const z = 1.959964;

/**
 * Lower bound, 0 to 1, of Wilson's score interval for `agreed` of `total` at 95 % (E. B. Wilson, "Probable
 * inference, the law of succession, and statistical inference", JASA 22, 1927, pages 209 to 212). 0 for no pairs.
 */
export function wilsonLowerBound(agreed: number, total: number): number {
  if (total === 0) return 0;
  const share = agreed / total;
  const centre = share + z ** 2 / (2 * total);
  const spread = z * Math.sqrt((share * (1 - share)) / total + z ** 2 / (4 * total ** 2));
  // Rounding leaves a hair above or under 0 when nothing agrees.
  return agreed === 0 ? 0 : (centre - spread) / (1 + z ** 2 / total);
}

/**
 * How many further pairs, all agreeing, would lift the bound to `asked` (0 to 1): the smallest such number,
 * 0 when it is there, undefined when no number would (`asked` is 1).
 *
 * The bound is at least c where n·(1 − c) − d ≥ z·√(n·c·(1 − c)), with d disagreeing pairs of n: a quadratic
 * in √n, whose root is right but for rounding.
 */
export function cleanPairsNeeded(agreed: number, total: number, asked: number): number | undefined {
  if (asked >= 1) return undefined;
  const reaches = (more: number) => wilsonLowerBound(agreed + more, total + more) >= asked;
  if (reaches(0)) return 0;
  const slope = z * Math.sqrt(asked * (1 - asked));
  const root = (slope + Math.sqrt(slope ** 2 + 4 * (1 - asked) * (total - agreed))) / (2 * (1 - asked));
  let more = Math.max(0, Math.ceil(root ** 2) - total);
  while (!reaches(more)) more++;
  while (more > 0 && reaches(more - 1)) more--;
  return more;
}
