import type { Migration } from '../../routing/model.ts';
import type { Clock } from '../../telemetry/clock.ts';
import { BrokerError, createBrokerClient, type VerificationResult } from './broker-client.ts';
import { type BrokerCredentials, fetchDocument, shownUrl } from './fetch-document.ts';
import { listPacts, type PactListing } from './list-pacts.ts';
import { type FetchedPacts, openPactCache } from './pact-cache.ts';
import { maxPactBytes, type PactFile, parsePact } from './pact-file.ts';

export interface PactSources {
  /** Of every place that the migration names. `fresh`: what is far away is asked again, too. Never rejects. */
  list(migration: PactOwner, fresh?: boolean): Promise<PactListing>;
  /** Tells the broker that a pact is from what came of it; a problem in a sentence. Never rejects. */
  publish(migration: PactOwner, pact: PactFile, result: VerificationResult): Promise<string | undefined>;
}

export type PactOwner = Pick<Migration, 'service' | 'contracts'>;

export interface PactSourcesDeps {
  readonly credentials: BrokerCredentials | undefined;
  /** Folder for what was fetched. */
  readonly cacheDir: string;
  readonly clock: Clock;
}

/** How often a place that is far away is asked, but for a verification. */
const askEveryMs = 60_000;
/** Two steps of one moment share an answer. */
const freshForMs = 1000;
const timeoutMs = 10_000;

interface Remembered {
  /** What was fetched before a restart. */
  reading: Promise<void> | undefined;
  fetched: FetchedPacts | undefined;
  problem: string | undefined;
  askedAtMs: number;
  asking: Promise<void> | undefined;
}

const nothingYet: Remembered = {
  reading: undefined,
  fetched: undefined,
  problem: undefined,
  askedAtMs: Number.NEGATIVE_INFINITY,
  asking: undefined,
};

/** Reads pacts from folders, URLs and Pact Brokers; of what is far away, the last that was there holds. */
export function openPactSources({ credentials, cacheDir, clock }: PactSourcesDeps): PactSources {
  const remembered = new Map<string, Remembered>();

  return {
    async list({ service, contracts: { pacts, broker } }, fresh = false) {
      const listings: PactListing[] = [];
      if (isUrl(pacts)) {
        const listing = await listRemote(pacts, fresh, () => fetchPact(pacts));
        listings.push({ ...listing, pacts: listing.pacts.filter(({ provider }) => provider === service) });
      } else {
        listings.push(await listFolder(pacts, service));
      }
      if (broker) {
        const client = createBrokerClient(broker, credentials);
        const place = JSON.stringify(broker);
        listings.push(await listRemote(place, fresh, (known) => client.pacts(known)));
      }
      const unknown = listings.find((one) => one.unknown !== undefined)?.unknown;
      return {
        pacts: distinct(listings.flatMap((one) => one.pacts)),
        problems: listings.flatMap(({ problems }) => problems),
        ...(unknown !== undefined && { unknown }),
      };
    },

    async publish({ contracts: { broker } }, pact, result) {
      if (!broker?.publish || pact.publishUrl === undefined) return undefined;
      try {
        await createBrokerClient(broker, credentials).publish(pact, result);
        return undefined;
      } catch (error) {
        return `the result for the pact of ${pact.consumer} is not published: ${(error as Error).message}`;
      }
    },
  };

  async function listRemote(
    place: string,
    fresh: boolean,
    fetchAll: (known: readonly PactFile[]) => Promise<readonly PactFile[]>,
  ): Promise<PactListing> {
    const cache = openPactCache(cacheDir, place);
    const state = remembered.get(place) ?? { ...nothingYet };
    remembered.set(place, state);
    state.reading ??= cache.read().then((kept) => {
      state.fetched ??= kept;
    });
    await state.reading;
    if (clock.monotonic() - state.askedAtMs >= (fresh ? freshForMs : askEveryMs)) {
      state.asking ??= ask().finally(() => {
        state.asking = undefined;
      });
      // Only a verification waits for it: a gate reads what is known.
      if (fresh) await state.asking;
    }
    return listingOf(state);

    async function ask(): Promise<void> {
      try {
        const pacts = await fetchAll(state.fetched?.pacts ?? []);
        state.fetched = { at: new Date(clock.now()).toISOString(), pacts };
        state.problem = undefined;
        await cache.write(state.fetched).catch((error: Error) => {
          state.problem = `what was fetched can't be kept: ${error.message}`;
        });
      } catch (error) {
        state.problem = (error as Error).message;
      }
      state.askedAtMs = clock.monotonic();
    }
  }
}

export const isUrl = (pacts: string): boolean => /^https?:\/\//i.test(pacts);

/** The same pact in two places is one; where it binds in one of them, it binds. */
function distinct(pacts: readonly PactFile[]): PactFile[] {
  const kept = new Map<string, PactFile>();
  for (const pact of pacts) {
    const about = JSON.stringify([pact.consumer, pact.pactHash]);
    const there = kept.get(about);
    kept.set(about, there ? { ...there, ...pact, pending: there.pending && pact.pending } : pact);
  }
  return [...kept.values()];
}

async function listFolder(dir: string, service: string): Promise<PactListing> {
  try {
    return await listPacts(dir, service);
  } catch (error) {
    const unknown = `${dir} can't be read: ${(error as Error).message}`;
    return { pacts: [], problems: [unknown], unknown };
  }
}

function listingOf({ fetched, problem }: Remembered): PactListing {
  if (!fetched) {
    const unknown = problem ?? 'they are being asked for';
    return { pacts: [], problems: problem === undefined ? [] : [problem], unknown };
  }
  if (problem === undefined) return { pacts: fetched.pacts, problems: [] };
  return { pacts: fetched.pacts, problems: [`${problem}; the pacts fetched at ${fetched.at} stand in`] };
}

/** Without credentials, which are the broker's. */
async function fetchPact(url: string): Promise<PactFile[]> {
  const fetched = await fetchDocument({ url, maxBytes: maxPactBytes, timeoutMs });
  if ('problem' in fetched) throw new BrokerError(fetched.problem);
  const parsed = parsePact(shownUrl(url), fetched.text);
  if ('problem' in parsed) throw new BrokerError(parsed.problem);
  return [parsed.pact];
}
