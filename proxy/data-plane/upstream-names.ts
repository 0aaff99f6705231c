import type { LookupAddress } from 'node:dns';
import dns from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { isLinkLocal } from '../routing/link-local.ts';
import type { Upstream } from '../routing/model.ts';
import { type Clock, systemClock } from '../telemetry/clock.ts';

/** What a name stands for, and for how long that may be believed. */
interface Resolution {
  readonly addresses: readonly LookupAddress[];
  readonly ttlMs: number;
}

interface Known {
  addresses: readonly LookupAddress[];
  /** Monotonic ms from which on it is asked anew. */
  freshUntil: number;
  /** The question under way. */
  asking: Promise<void> | undefined;
  failure: unknown;
}

/** The system's resolver knows hosts files and search domains, and says no TTL. */
const SYSTEM_TTL_MS = 5000;
const MIN_TTL_MS = 1000;
const MAX_TTL_MS = 300_000;
/** After a failure, until it is asked again. */
const RETRY_MS = 1000;
/** What is older than its time by this much is not used before the answer was waited for. */
const STALE_MS = 30_000;
/** How long that is waited for before the last good addresses are used all the same. */
const STALE_WAIT_MS = 500;

/**
 * Addresses of upstreams by name: asked for once, then again in the background when their time is over.
 * While a name can't be resolved the last good addresses are kept. Link-local and metadata addresses are
 * left out here, behind resolving, where a name that changes its meaning can't get around it.
 */
export class UpstreamNames {
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** For `net.connect`, which tries all addresses in turn and asks for none when the host is one. */
  lookupFor({ hostname, resolver, allowLinkLocal }: Upstream): LookupFunction {
    return (_name, options, callback) => {
      const answer = (addresses: readonly LookupAddress[]): void => {
        const allowed = addresses.filter(({ address }) => allowLinkLocal || !isLinkLocal(address));
        if (allowed.length === 0) {
          callback(new Error(`${hostname} resolves to a link-local or metadata address only`), '', 4);
        } else if (options.all) {
          callback(null, allowed as LookupAddress[]);
        } else {
          callback(null, allowed[0]!.address, allowed[0]!.family);
        }
      };
      this.#addresses(hostname, resolver).then(answer, (error) => callback(error as Error, '', 4));
    };
  }

  /**
   * Addresses that the name stands for by its last good answer, for who keeps connections to them; undefined while
   * there was none, or the host is an address itself. What is old is asked anew in the background.
   */
  current({ hostname, resolver, allowLinkLocal }: Upstream): readonly string[] | undefined {
    const known = isIP(hostname) === 0 ? this.#known.get(keyOf(hostname, resolver)) : undefined;
    if (known === undefined) return undefined;
    // What is known is newer than every connection that was opened by it, however old it is.
    if (this.#clock.monotonic() >= known.freshUntil) known.asking ??= this.#ask(known, hostname, resolver);
    const allowed = known.addresses.filter(({ address }) => allowLinkLocal || !isLinkLocal(address));
    return allowed.length === 0 ? undefined : allowed.map(({ address }) => address);
  }

  async #addresses(hostname: string, resolver: string | undefined): Promise<readonly LookupAddress[]> {
    const key = keyOf(hostname, resolver);
    let known = this.#known.get(key);
    if (!known) {
      known = { addresses: [], freshUntil: Number.NEGATIVE_INFINITY, asking: undefined, failure: undefined };
      this.#known.set(key, known);
    }
    const age = this.#clock.monotonic() - known.freshUntil;
    if (age >= 0) {
      known.asking ??= this.#ask(known, hostname, resolver);
      if (known.addresses.length === 0) await known.asking;
      else if (age >= STALE_MS) await Promise.race([known.asking, after(STALE_WAIT_MS)]);
    }
    if (known.addresses.length === 0) throw known.failure;
    return known.addresses;
  }

  /** Never rejects. */
  async #ask(known: Known, hostname: string, resolver: string | undefined): Promise<void> {
    try {
      const { addresses, ttlMs } = await (resolver === undefined
        ? askSystem(hostname)
        : askServer(hostname, resolver));
      known.addresses = addresses;
      known.freshUntil = this.#clock.monotonic() + Math.min(Math.max(ttlMs, MIN_TTL_MS), MAX_TTL_MS);
    } catch (error) {
      known.failure = error;
      // Without anything to go by each new connection asks; those that wait share the question.
      if (known.addresses.length > 0) known.freshUntil = this.#clock.monotonic() + RETRY_MS;
    } finally {
      known.asking = undefined;
    }
  }
}

const keyOf = (hostname: string, resolver: string | undefined): string => `${hostname} ${resolver ?? ''}`;

async function askSystem(hostname: string): Promise<Resolution> {
  return { addresses: await dns.lookup(hostname, { all: true }), ttlMs: SYSTEM_TTL_MS };
}

/** Both families at once; one of them is enough. */
async function askServer(hostname: string, server: string): Promise<Resolution> {
  const resolver = new dns.Resolver({ timeout: 1000, tries: 2 });
  resolver.setServers([server]);
  const [four, six] = await Promise.allSettled([
    resolver.resolve4(hostname, { ttl: true }),
    resolver.resolve6(hostname, { ttl: true }),
  ]);
  const found = [
    ...(four.status === 'fulfilled' ? four.value.map((record) => ({ ...record, family: 4 })) : []),
    ...(six.status === 'fulfilled' ? six.value.map((record) => ({ ...record, family: 6 })) : []),
  ];
  if (found.length === 0)
    throw four.status === 'rejected' ? four.reason : new Error(`no address of ${hostname}`);
  return {
    addresses: found.map(({ address, family }) => ({ address, family })),
    ttlMs: Math.min(...found.map(({ ttl }) => ttl)) * 1000,
  };
}

const after = (ms: number): Promise<void> =>
  new Promise((done) => {
    setTimeout(done, ms).unref();
  });
