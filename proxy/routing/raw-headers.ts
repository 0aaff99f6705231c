/** The first value of a header in a flat list of names and values, as Node has raw headers; undefined without one. */
export function headerOf(rawHeaders: readonly string[], lowerName: string): string | undefined {
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]!.toLowerCase() === lowerName) return rawHeaders[at + 1]!.trim();
  }
  return undefined;
}
