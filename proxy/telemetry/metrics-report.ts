/** What one side answered since the last report. */
export interface SideReport {
  readonly requests: number;
  readonly errors: number;
  readonly latency: readonly number[];
}

export interface UpstreamReport {
  readonly state: string;
  readonly transitions: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
  readonly retries: number;
}

export interface Report {
  readonly migrations: Readonly<
    Record<
      string,
      { readonly monolith: SideReport; readonly service: SideReport; readonly fallbacks: number }
    >
  >;
  readonly failures: Readonly<Record<string, number>>;
  readonly shadowDropped: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly upgrades: number;
  readonly failedHandshakes: number;
  readonly worker: number;
  readonly upstreams: Readonly<Record<string, UpstreamReport>>;
  readonly copyUpstreams: Readonly<Record<string, UpstreamReport>>;
}
