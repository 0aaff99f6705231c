import { overflowPlace } from './compare/differences.ts';
import type { Difference } from './pair.ts';
import type { Redactor } from './redact.ts';
import { foldedKey } from './signature.ts';

/**
 * What is told of a pair's differences. `raw` says which there are; `redacted` are those of the same answers with
 * their secrets hidden, whose texts may be shown. Two hidden values that a rule lets be apart (a tolerance, a map)
 * look different: such a difference is none. Where the two lists can't be brought together, nothing is left out.
 */
export function shownDifferences(
  raw: readonly Difference[],
  redacted: readonly Difference[],
  redactor: Redactor,
): readonly Difference[] {
  if (redacted.length === 0) return raw.map((each) => withoutTexts(each, redactor));
  const exact = new Set(raw.map(nameOf));
  if (redacted.every((each) => exact.has(nameOf(each)))) return redacted;
  const isCut = [...raw, ...redacted].some(({ place }) => place === overflowPlace);
  const told = new Set(redacted.map(nameOf));
  const found = new Set(
    raw.map((each) => (told.has(nameOf(each)) ? nameOf(each) : hiddenName(each, redactor))),
  );
  if (isCut || ![...found].every((name) => told.has(name))) return redacted;
  return redacted.filter((each) => found.has(nameOf(each)));
}

function nameOf({ pattern, kind }: Difference): string {
  return `${kind} ${pattern}`;
}

/** As it is called once the secrets in its place are hidden: a hidden key is one of many ids. */
function hiddenName({ pattern, kind }: Difference, redactor: Redactor): string {
  const hidden = redactor.text(pattern).replace(/(?<=\/)‹redacted:[0-9a-f]{8}›(?=\/|$)/g, foldedKey);
  return `${kind} ${hidden}`;
}

/** Of what differs in nothing that may be shown, only where it does. */
function withoutTexts({ place, pattern, kind, signature }: Difference, redactor: Redactor): Difference {
  return { place: redactor.text(place), pattern: redactor.text(pattern), kind, signature };
}
