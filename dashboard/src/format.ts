const whole = new Intl.NumberFormat('en');

/** `12,300`. */
export const count = (value: number): string => whole.format(value);

/** `1 pair`, `1,240 pairs`. */
export const counted = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** Of a number in percent: `25 %`, `0.1 %`. */
export const percent = (value: number): string => `${whole.format(Math.round(value * 100) / 100)} %`;

/** Of a ratio 0 to 1, cut and not rounded, so that 99.996 % never reads as 100 %. */
export function ratio(value: number, digits = 2): string {
  const factor = 10 ** digits;
  return `${(Math.floor(value * 100 * factor + 1e-9) / factor).toFixed(digits)} %`;
}

/** `pairs` of `all` as a share: `< 0.01 %` where rounding would deny them. */
export function shareOf(pairs: number, all: number): string {
  if (all === 0) return '–';
  const value = pairs / all;
  return value > 0 && value < 0.0001 ? '< 0.01 %' : ratio(value);
}

export function milliseconds(value: number): string {
  if (value >= 10_000) return `${(value / 1000).toFixed(1)} s`;
  return value >= 100 ? `${count(Math.round(value))} ms` : `${value.toFixed(1)} ms`;
}

/** Control and format characters, line separators, lone surrogates: they could reorder or hide what stands beside them. */
const steering = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A text from traffic with everything spelled out that nobody would see. Line ends stay where `lines` says so. */
export function visible(text: string, lines = false): string {
  return text.replace(steering, (c) =>
    lines && (c === '\n' || c === '\t') ? c : `\\u{${c.codePointAt(0)?.toString(16)}}`,
  );
}
