import type { Contender, Estate, RunningContender } from '../contenders/contender.ts';
import type { Options } from '../options.ts';
import type { Summary } from '../summary.ts';

/** What a measure beyond the plain load came to: a table, with the values behind it. */
export interface Finding {
  readonly name: string;
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** By contender and what was measured, for the bars: medians. */
  readonly values: Readonly<Record<string, number>>;
  /** Every single value, for whoever wants to look closer. */
  readonly samples: unknown;
}

export interface Setting {
  readonly options: Options;
  readonly estate: Estate;
}

export interface PeersSetting extends Setting {
  /** Of the load so far. */
  readonly summaries: readonly Summary[];
  /** Those that run while the peers are measured. */
  readonly running: ReadonlyMap<Contender, RunningContender>;
}
