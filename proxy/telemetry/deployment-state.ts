/** What a scrape learns of the configuration in force, of other replicas and of the audit. */
export interface DeploymentState {
  /** Of the routes file in force: two replicas that differ show it. */
  readonly configHash: string;
  /** Replicas that share the database; undefined while nobody knows. */
  readonly replicas: number | undefined;
  /** Audit entries that wait for Postgres, that are in the log only, and whether the chain ends as noted. */
  readonly audit: { readonly waiting: number; readonly lost: number; readonly intact: boolean };
}
