/** An element whose two values are not evidently the same: where they stand in either body. */
export interface OpenElement {
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly otherFrom: number;
  readonly otherTo: number;
  /** Part of its members that differ; 1 where that is not known. */
  readonly changed: number;
}

/** Elements that differ in one array; with more it is not seen at once that they are in place. */
const maxInPlace = 32;

/**
 * Whether aligning the elements of an array that differ would leave them where they are. It looks for the
 * ascending pairs of the greatest total similarity, which is at most 1 a pair while no two elements are equal;
 * pairs other than these are fewer by one at least. So where these lack 1 or less of what they could have,
 * there is nothing better.
 */
export function areInPlace(open: readonly OpenElement[], monolith: Buffer, service: Buffer): boolean {
  let lacking = 0;
  for (const { changed } of open) lacking += changed;
  if (lacking > 1 || open.length > maxInPlace || open.some(({ changed }) => changed > 0.5)) return false;
  const isMoved = (one: OpenElement, other: OpenElement) =>
    one.to - one.from === other.otherTo - other.otherFrom &&
    monolith.compare(service, other.otherFrom, other.otherTo, one.from, one.to) === 0;
  return !open.some((one) => open.some((other) => one !== other && isMoved(one, other)));
}
