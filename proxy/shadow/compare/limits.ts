/** What a comparison may cost and keep. Beyond a limit a pair is incomparable or a text is cut; it never agrees. */
export interface CompareLimits {
  /** Of one body, decoded. */
  readonly maxBodyBytes: number;
  /** Decoded bytes for each transferred one; what gzip reaches on real answers is far below. */
  readonly maxInflation: number;
  /** Decoded bytes that are always allowed, because short bodies of little variety deflate extremely well. */
  readonly freeInflationBytes: number;
  /** Nested arrays and objects of a JSON body. */
  readonly maxDepth: number;
  /** Values in a JSON body, containers included. */
  readonly maxNodes: number;
  /** Differences listed for a pair; one more says that there are more. */
  readonly maxDifferences: number;
  /** Characters of either side's text in a difference. */
  readonly maxTextChars: number;
  /** Characters of a body kept with the pair. */
  readonly maxStoredBodyChars: number;
}

export const defaultCompareLimits: CompareLimits = {
  maxBodyBytes: 8 * 1024 * 1024,
  maxInflation: 200,
  freeInflationBytes: 1024 * 1024,
  maxDepth: 200,
  maxNodes: 200_000,
  maxDifferences: 200,
  maxTextChars: 256,
  maxStoredBodyChars: 64 * 1024,
};
