/** First key of every advisory lock that Ficus takes: `FICU` as a number, apart from other programs' locks. */
export const lockClass = 0x46494355;

/** Second keys, one for each piece of work that only one replica may do at a time. */
export const locks = {
  schema: 1,
  audit: 2,
  /** Who adds to what is counted over time. */
  series: 15,
  /** Of a session: who holds it takes the steps of ramps. */
  steps: 12,
  /** Who judges, or takes that back. */
  verdicts: 18,
  /** In `ficus.make_pair_partitions`. */ pairPartitions: 3,
} as const;
