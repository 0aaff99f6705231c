import type { RouteCounts } from './route-counts.ts';

/** A route for routes.yaml, with what is known of it. */
export interface FoundRoute {
  readonly method: string;
  readonly template: string;
  /** Undefined when it comes from a description and not from traffic. */
  readonly counts: RouteCounts | undefined;
  /** For people: what the source says of it. */
  readonly note?: string;
}
