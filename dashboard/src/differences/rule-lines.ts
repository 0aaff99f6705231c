import type { ListedSignature, PairRow } from '../../../proxy/admin/api-types.ts';

export interface SuggestedRule {
  /** What it does. */
  readonly text: string;
  /** For routes.yaml. */
  readonly lines: string;
}

/** Rules under which the difference would not be one, the narrowest first. */
export function suggestRules(
  { migration, place, kind }: Pick<ListedSignature, 'migration' | 'place' | 'kind'>,
  differences: PairRow['differences'],
): SuggestedRule[] {
  const own = differences.filter((one) => one.pattern === place);
  const rules: SuggestedRule[] = [];
  const within = kind === 'value' ? widestDistance(own) : undefined;
  if (within !== undefined) {
    const rule = `tolerate: [{ at: ${scalar(place)}, within: ${within} }]`;
    rules.push({
      text: `Numbers there may differ by ${within}, the most that these pairs show.`,
      lines: lines(migration, rule),
    });
  }
  if (kind === 'order') {
    rules.push({
      text: 'The order of that array means nothing. Name a key that tells its elements apart.',
      lines: lines(migration, `unordered: [{ at: ${scalar(place)}, key: /id }]`),
    });
  }
  rules.push({
    text: 'Whatever is there, and below it, may differ.',
    lines: lines(migration, `ignore: [${scalar(place)}]`),
  });
  return rules;
}

/** Between the numbers of both sides, rounded up to one digit; undefined where they are not all numbers. */
function widestDistance(differences: PairRow['differences']): number | undefined {
  const distances = differences.map(({ monolith, service }) =>
    [monolith, service].every((text) => text !== undefined && /^-?\d+(\.\d+)?$/.test(text))
      ? Math.abs(Number(monolith) - Number(service))
      : Number.NaN,
  );
  const widest = Math.max(...distances);
  if (distances.length === 0 || !Number.isFinite(widest) || widest === 0) return undefined;
  const unit = 10 ** Math.floor(Math.log10(widest) + 1e-9);
  return Number((Math.ceil(widest / unit - 1e-6) * unit).toPrecision(3));
}

function lines(migration: string, rule: string): string {
  return ['migrations:', `  ${scalar(migration)}:`, '    shadow:', '      compare:', `        ${rule}`].join(
    '\n',
  );
}

/** In YAML: plain where that is safe, else quoted with everything escaped that YAML or a reader could trip over. */
function scalar(text: string): string {
  if (/^[a-z][\w:/*.-]*[\w*]$/i.test(text)) return text;
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu,
    (c) => `\\U${c.codePointAt(0)?.toString(16).padStart(8, '0')}`,
  );
}
