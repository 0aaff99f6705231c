import type { BenchProcess } from '../bench-process.ts';
import type { Programs } from '../programs.ts';
import type { Upstreams } from '../upstreams.ts';

/** One way for a request to get to the upstream. */
export interface Contender {
  readonly name: string;
  /** For the report: version and manner. */
  readonly title: string;
  start(estate: Estate): Promise<RunningContender>;
}

export interface Estate {
  readonly programs: Programs;
  readonly upstreams: Upstreams;
  /** For files; gone after the run. */
  readonly folder: string;
  /** How many files the proxy may have open; undefined: as many as usual. */
  readonly openFiles?: number;
}

export interface RunningContender {
  readonly port: number;
  /** None where there is no proxy. */
  readonly process: BenchProcess | undefined;
  /** Throws unless it does what it is said to do, beyond forwarding. */
  check?(): Promise<void>;
}
