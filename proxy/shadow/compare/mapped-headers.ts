const names: ReadonlySet<string> = new Set(['location', 'content-location', 'set-cookie']);

/**
 * Headers in which the same text means one thing from one upstream, and another thing from the other: an address,
 * a base path or a cookie's Domain may be that side's own. `name` in lower case.
 */
export function isMappedHeader(name: string): boolean {
  return names.has(name);
}
