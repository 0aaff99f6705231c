import type { ListedSignature } from '../../../proxy/admin/api-types.ts';

/** Signatures that somebody ticked, by their keys. */
export type Selection = ReadonlySet<string>;

export const keyOf = ({ migration, signature }: Pick<ListedSignature, 'migration' | 'signature'>): string =>
  `${migration} ${signature}`;

/** Ticked when it was not, else no longer. */
export function toggled(selection: Selection, key: string): Selection {
  const next = new Set(selection);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** With all between two of `shown`, both included; the last one says whether they are ticked. */
export function toggledRange(
  selection: Selection,
  shown: readonly string[],
  from: string | undefined,
  to: string,
): Selection {
  const ends = [shown.indexOf(from ?? to), shown.indexOf(to)];
  if (ends.includes(-1)) return toggled(selection, to);
  const range = shown.slice(Math.min(...ends), Math.max(...ends) + 1);
  const isOn = !selection.has(to);
  const next = new Set(selection);
  for (const key of range) {
    if (isOn) next.add(key);
    else next.delete(key);
  }
  return next;
}

/** What a decision is about: what is ticked and shown, else the row that somebody is at. */
export function decidedAbout(
  shown: readonly ListedSignature[],
  selection: Selection,
  at: string | undefined,
): ListedSignature[] {
  const ticked = shown.filter((one) => selection.has(keyOf(one)));
  return ticked.length > 0 ? ticked : shown.filter((one) => keyOf(one) === at);
}

/** As many as the API takes at once. */
export const maxDecided = 200;
