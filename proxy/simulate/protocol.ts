/** What `ficus check --against` tells the simulation, as one JSON argument, and hears from it, as lines of JSON. */

export interface SimulationOrder {
  /** Recordings, HAR files, or folders of them. */
  readonly files: readonly string[];
  /** The new routes.yaml. */
  readonly config: string;
  /** The one before; undefined: what the recording says of itself. */
  readonly before?: string;
  /** Percent that the service serves and percent copied, by migration id, as they stand; what is not named is at 0. */
  readonly shares: Readonly<Record<string, { readonly serve: number; readonly shadow: number }>>;
}

/** Where a request goes under one routes.yaml. */
export interface Destination {
  /** Absent: no migration has it, and the default upstream answers. */
  readonly migration?: string;
  readonly route?: string;
  /** `catalog at http://127.0.0.1:9001`; absent where a recording alone is known. */
  readonly upstream?: string;
  /** `some`: a share of the users, and who this one is is not recorded. */
  readonly side: 'monolith' | 'service' | 'some';
  /** How it is copied; absent where a recording alone is known. */
  readonly shadow?: 'compare' | 'record' | 'dry-run' | 'none';
}

export interface ChangedGroup {
  readonly before: Destination;
  readonly after: Destination;
  readonly requests: number;
  /** `GET /api/products?limit=20`, the first few that differ. */
  readonly examples: readonly string[];
}

export interface SimulationReport {
  readonly config: string;
  /** What it was held against: a file, or the recording. */
  readonly against: string;
  readonly requests: number;
  readonly changed: number;
  /** The largest first. */
  readonly groups: readonly ChangedGroup[];
  /** Changed requests of groups that there was no room for. */
  readonly ungrouped: number;
  readonly seconds: number;
  readonly warnings: readonly string[];
}

export type SimulationMessage =
  | { readonly event: 'progress'; readonly requests: number; readonly changed: number }
  | { readonly event: 'report'; readonly report: SimulationReport }
  | { readonly event: 'failed'; readonly detail: string };
