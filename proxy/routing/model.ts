/**
 * What routes.yaml says, compiled: plain, frozen, serialisable data. The control plane makes one
 * `RoutingModel` from every good routes.yaml and hands it to the data-plane workers as it is.
 */

import type { FlagContextRules, ForceRules, JwtRules } from './identity.ts';

export interface Upstream {
  readonly id: string;
  readonly protocol: 'http:' | 'https:' | 'unix:';
  /** Host name or address without brackets; empty for `unix:`. */
  readonly hostname: string;
  readonly port: number;
  /** Set for `unix:` only. */
  readonly socketPath: string;
  /** `''` or `/base` without a trailing slash, put before every path. */
  readonly basePath: string;
  /** Sent as Host instead of the client's, when set. */
  readonly host: string | undefined;
  /** The build, for an upstream that does not announce itself at /.well-known/ficus. */
  readonly version: string | undefined;
  readonly connectTimeoutMs: number;
  /** From the last byte of the request to the first byte of the answer's head. */
  readonly responseTimeoutMs: number;
  /** Longest silence within a body; an event stream must speak at least this often. */
  readonly idleTimeoutMs: number;
  readonly maxConnections: number;
  /** Requests that may wait for one of them; one more is refused with `upstream_busy`. */
  readonly maxWaiting: number;
  /** Undefined: never opens. */
  readonly breaker: BreakerRules | undefined;
  /** `address:port` of the name server that knows `hostname`; undefined: as the system resolves it. */
  readonly resolver: string | undefined;
  /** Whether a name may resolve to a link-local or metadata address. */
  readonly allowLinkLocal: boolean;
  /** What shadow copies to this upstream carry of the client's credentials; a list has lower-case header names. */
  readonly credentials: 'drop' | 'forward' | readonly string[];
  /** What copies carry instead of the client's own header. Secrets, read when the configuration is loaded. */
  readonly tokens?: readonly TokenRule[];
  /** PEM texts, read when the configuration is loaded. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
}

/** One of `value` and `values` is set. */
export interface TokenRule {
  /** Lower-case name. */
  readonly header: string;
  /** The same on every copy. */
  readonly value?: string;
  /** By the value that the client sent; without one of these the header is left out. */
  readonly values?: Readonly<Record<string, string>>;
}

/** How often the monolith is asked the same once more. */
export interface NoiseRules {
  /** Percent of the copied requests of safe methods. */
  readonly share: number;
  /** Of the migration, in each worker. */
  readonly maxPerSecond: number;
}

/** When an upstream counts as gone, so that requests are refused at once instead of each finding out. */
export interface BreakerRules {
  /** Consecutive: any answer, whatever its status, starts the count anew. */
  readonly failures: number;
  /** The last of them at most this long after the first. */
  readonly windowMs: number;
  /** Until a single request is let through to see. */
  readonly openMs: number;
  /**
   * `connect`: only attempts to connect, and only while nothing at all is connected, for an upstream that
   * nothing stands in for; `any`: also timeouts, broken and invalid answers.
   */
  readonly counts: 'connect' | 'any';
}

/** How copies of a route's requests are treated; `compare` is for safe methods only. */
export type ShadowMode = 'compare' | 'never' | 'record' | 'dry-run';

export interface Route {
  /** `METHOD /template`, unique in its migration, e.g. `GET /api/products/{productId}`. */
  readonly id: string;
  /** Upper-case method, or `*`. */
  readonly method: string;
  readonly template: string;
  readonly shadow: ShadowMode;
  /** Template on the service, when it differs. */
  readonly rewrite: string | undefined;
  /** Rules of this route alone, besides the migration's. */
  readonly compare?: CompareRules;
}

export type StickySource =
  | { readonly from: 'header' | 'cookie' | 'claim'; readonly name: string }
  | { readonly from: 'ip' }
  | { readonly from: 'random' };

/** Where a client's role is read from, to count which roles traffic has shown. */
export type RoleSource =
  | { readonly from: 'header'; readonly name: string }
  /** Of the payload of a bearer JWT, whose signature is not checked: it decides nothing but what is counted. */
  | { readonly from: 'claim'; readonly name: string };

/** What traffic must have shown of a migration. */
export interface CoverageRules {
  readonly role: RoleSource | undefined;
  /** Roles that must have been shown. */
  readonly roles: readonly string[];
  /** Compared pairs from which on something counts as shown. */
  readonly minPairs: number;
}

/** A place in an answer: `status`, `header:<name>`, or `body:<JSON pointer, * for any index>`. */
export type Place = string;

export interface CompareRules {
  readonly ignore: readonly Place[];
  readonly unordered: readonly { readonly at: Place; readonly key: string | undefined }[];
  /** `within`: numbers; `withinMs`: times. */
  readonly tolerate: readonly (
    | { readonly at: Place; readonly within: number }
    | { readonly at: Place; readonly withinMs: number }
  )[];
  readonly map?: readonly MapRule[];
}

/**
 * A constant in place of what a regular expression matches; or `ids`: what the two sides have at the place is
 * the same thing under two names, wherever else in the answers it stands.
 */
export type MapRule =
  | {
      readonly at: Place;
      readonly pattern: string;
      readonly to: string;
      readonly side: 'monolith' | 'service' | 'both';
    }
  | { readonly at: Place; readonly ids: true };

export interface GateRules {
  readonly minPairs: number;
  /** 0 to 1. */
  readonly agreement: number;
  readonly latencyP99Ratio: number;
  readonly latencyFloorMs: number;
  /** `required`: a pact verified for the running build; `optional`: a failed one holds, a missing one does not. */
  readonly contracts: 'required' | 'optional' | 'off';
  /** Routes that shadowing can't show: `refuse` wants a verified contract for each. */
  readonly unproven: 'refuse' | 'allow';
  /** Signatures that nobody judged: `refuse` holds the gate for each, however rare. */
  readonly unjudged: 'refuse' | 'allow';
  /** What traffic has not shown yet: `warn` names it, `require` holds the gate. Absent: `warn`. */
  readonly coverage?: 'warn' | 'require' | 'off';
  /** Answers that do not fit the service's description, and what it takes away from the one before. Absent: `warn`. */
  readonly openapi?: 'warn' | 'require' | 'off';
}

/** Times of a week, by the wall clock of a zone. */
export interface CanaryWindow {
  /** ISO: 1 is Monday, 7 Sunday. */
  readonly days: readonly number[];
  /** Minutes since midnight, 0 to 1439, and 1 to 1440; an end that is not after the start is on the next day. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** IANA name, such as `Europe/Berlin`. */
  readonly zone: string;
}

/** When steps forward are taken: within one of `only` when it names any, and never within one of `not`. */
export interface CanaryWindows {
  readonly only: readonly CanaryWindow[];
  readonly not: readonly CanaryWindow[];
}

/** How many people besides who asked must approve the step that reaches a share. */
export interface ApprovalRule {
  /** Percent. */
  readonly before: number;
  readonly by: number;
}

export interface StepWebhook {
  readonly url: string;
  readonly timeoutMs: number;
}

/** Who is asked before a step, and told after it. */
export interface StepWebhooks {
  readonly before: readonly StepWebhook[];
  readonly after: readonly StepWebhook[];
}

export interface ContractPlaces {
  /** Absolute path of a folder with pact files, or the URL of one pact. */
  readonly pacts: string;
  /** Absolute path of the folder with `<service>.yaml` provider states. */
  readonly states: string;
  /** Whose pacts count besides. */
  readonly broker?: PactBroker;
}

/** A Pact Broker, and which of its pacts are asked for; its API says what the words mean. */
export interface PactBroker {
  /** Base URL, without credentials. */
  readonly url: string;
  /** Name of the provider there. */
  readonly provider: string;
  readonly selectors: readonly Readonly<Record<string, string | boolean>>[];
  /** Branch that the running service is of. */
  readonly branch?: string;
  /** `2026-01-01`: pacts in work that are newer than that are verified, too, and hold nothing. */
  readonly wipSince?: string;
  /** Whether pacts that no build of the branch kept yet hold nothing. */
  readonly pending: boolean;
  /** Whether it is told what came of the service's verifications. */
  readonly publish: boolean;
}

export interface Migration {
  readonly id: string;
  /** Id of the service's upstream. */
  readonly service: string;
  readonly owner: string | undefined;
  /** Absolute path of the service's description; absent: where it announces one. */
  readonly openapi?: string;
  /** Lower-case host names without port; empty: any host. */
  readonly hosts: readonly string[];
  readonly stickBy: readonly StickySource[];
  /** Absent: flags are told the sticky value and the address. */
  readonly flagContext?: FlagContextRules;
  readonly routes: readonly Route[];
  readonly shadow: {
    readonly timeoutMs: number;
    readonly maxBodyBytes: number;
    /** Undefined: never. */
    readonly noise?: NoiseRules;
    readonly compare: CompareRules;
    readonly redact: readonly Place[];
  };
  readonly gate: GateRules;
  /** Absent: roles are not counted, and one pair shows a thing. */
  readonly coverage?: CoverageRules;
  readonly canary: {
    /** Percent, ascending, the last is 100. */
    readonly steps: readonly number[];
    readonly holdMinutes: number;
    readonly minRequests: number;
    /** Absent: at any time. */
    readonly windows?: CanaryWindows;
    /** By share, ascending. */
    readonly approvals?: readonly ApprovalRule[];
    readonly webhooks?: StepWebhooks;
  };
  /** Absent: 30. */
  readonly retire?: { readonly afterDays: number };
  /** How long a user is answered by the side that took their last write; absent: not at all. */
  readonly readYourWritesSeconds?: number;
  readonly guard: {
    /** 0 to 1. */
    readonly errorRate: number;
    /** Of slow answers, and of pairs that differ; 0 to 1. */
    readonly slowRate: number;
    readonly mismatchRate: number;
    /** Slow: over so many times the monolith's p99, and over so much more than it. */
    readonly latencyP99Ratio: number;
    readonly latencyFloorMs: number;
    readonly timesMonolith: number;
    readonly windowSeconds: number;
    readonly minRequests: number;
  };
  readonly contracts: ContractPlaces;
  /** Changes when the comparison rules change; part of the key of evidence. */
  readonly rulesHash: string;
}

export interface RoutingModel {
  readonly upstreams: readonly Upstream[];
  /** Id of the upstream that every other path goes to. */
  readonly default: string;
  readonly migrations: readonly Migration[];
  /** Absent: no token is believed, and no claim has a value. */
  readonly jwt?: JwtRules;
  /** Absent: only a signed `Ficus-Force` counts. */
  readonly force?: ForceRules;
  /** SHA-256 of the file's bytes, hex, first 12. */
  readonly hash: string;
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Safe in the sense of RFC 9110, section 9.2.1 (TRACE is refused elsewhere). */
export function isSafeMethod(method: string): boolean {
  return safeMethods.has(method);
}

/** Idempotent in the sense of RFC 9110, section 9.2.2. */
export function isIdempotentMethod(method: string): boolean {
  return safeMethods.has(method) || method === 'PUT' || method === 'DELETE';
}
