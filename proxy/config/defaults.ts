/** What holds where routes.yaml says nothing, as one would write it there. */
export const defaults = {
  upstream: {
    connectTimeoutMs: 2000,
    responseTimeoutMs: 30_000,
    idleTimeoutMs: 300_000,
    maxConnections: 256,
    maxWaiting: 1024,
    credentials: 'drop',
    allowLinkLocal: false,
  },
  breaker: {
    failures: 5,
    windowMs: 10_000,
    openMs: 5000,
    /** Of the default upstream: `connect` and 1000, since nothing stands in for it. */
    counts: 'any',
  },
  migration: {
    /** Any host. */
    hosts: [],
    /** Nobody is recognised: below 100 % the monolith answers everybody. */
    stickBy: [],
  },
  route: {
    /** Safe methods and `*`. */
    shadow: 'compare',
    unsafeShadow: 'never',
  },
  shadow: { timeoutMs: 1000, maxBodyBytes: 1_048_576, redact: [] },
  noise: { share: '10%', maxPerSecond: 5 },
  compare: { ignore: [], unordered: [], tolerate: [], map: [] },
  gate: {
    minPairs: 3000,
    agreement: '99.5%',
    latencyP99Ratio: 1.2,
    latencyFloorMs: 5,
    contracts: 'required',
    unproven: 'refuse',
    unjudged: 'refuse',
    coverage: 'warn',
    openapi: 'warn',
  },
  coverage: { roles: [], minPairs: 1 },
  canary: { steps: [1, 5, 25, 50, 100], holdMinutes: 15, minRequests: 1000 },
  retire: { afterDays: 30 },
  guard: {
    errorRate: '1%',
    timesMonolith: 2,
    windowSeconds: 60,
    minRequests: 50,
    slowRate: '5%',
    latencyP99Ratio: 3,
    latencyFloorMs: 50,
    mismatchRate: '5%',
  },
  /** `keys`, `issuer` and `audience` have none. */
  jwt: {
    algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    from: 'header:authorization',
    refreshSeconds: 60,
    clockToleranceSeconds: 30,
  },
  /** Relative to the folder of routes.yaml. */
  contracts: { pacts: 'contracts/pacts', states: 'contracts/states' },
  /** `provider`: the migration's service. */
  broker: {
    selectors: [{ mainBranch: true }, { deployedOrReleased: true }],
    pending: true,
    publish: false,
  },
} as const;
