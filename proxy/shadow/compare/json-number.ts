/** A decimal number: `digits × 10^exponent`, digits without leading or trailing zeros (`0` for zero). */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: bigint;
}

const numberText = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/**
 * One text for each number: 1.0, 1 and 1e0 are the same, 9007199254740993 and 9007199254740992 are not,
 * nor are 0 and -0. What is no number (a redacted one) is its own text.
 */
export function normalNumber(text: string): string {
  const decimal = parseDecimal(text);
  if (decimal === undefined) return text;
  return `${decimal.negative ? '-' : ''}${decimal.digits}e${decimal.exponent}`;
}

/** Whether two numbers are at most `within` apart, exactly: 1.10 and 1.09 are within 0.01. */
export function isWithin(one: string, other: string, within: number): boolean {
  const decimals = [parseDecimal(one), parseDecimal(other), parseDecimal(String(within))];
  const [a, b, bound] = decimals;
  if (a === undefined || b === undefined || bound === undefined) return false;
  const [lowest = 0n, , highest = 0n] = [a.exponent, b.exponent, bound.exponent].sort((x, y) =>
    x < y ? -1 : 1,
  );
  // 1e999999999 would need a gigabyte of digits; numbers that far apart differ by more than anyone tolerates.
  if (highest - lowest > 1000n) return false;
  const scaled = (decimal: Decimal) => {
    const size = BigInt(decimal.digits) * 10n ** (decimal.exponent - lowest);
    return decimal.negative ? -size : size;
  };
  const distance = scaled(a) - scaled(b);
  return (distance < 0n ? -distance : distance) <= scaled(bound);
}

function parseDecimal(text: string): Decimal | undefined {
  const match = numberText.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const all = whole + fraction;
  let from = 0;
  while (from < all.length && all[from] === '0') from++;
  let to = all.length;
  while (to > from && all[to - 1] === '0') to--;
  const negative = sign === '-';
  if (from === to) return { negative, digits: '0', exponent: 0n };
  return {
    negative,
    digits: all.slice(from, to),
    exponent: BigInt(exponent) - BigInt(fraction.length) + BigInt(all.length - to),
  };
}
