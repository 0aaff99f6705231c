const HOUR = 3_600_000;

/** How far back a chart looks, as the address has it. */
export const spans = {
  '1h': HOUR,
  '6h': 6 * HOUR,
  '24h': 24 * HOUR,
  '7d': 168 * HOUR,
  '30d': 720 * HOUR,
} as const;

export type Span = keyof typeof spans;

export const spanNames = Object.keys(spans) as Span[];

/** What an address may say; anything else is the one that is shown without. */
export function readSpan(search: Record<string, unknown>): { readonly span?: Span } {
  const span = spanNames.find((name) => name === search['span']);
  return span === undefined ? {} : { span };
}
