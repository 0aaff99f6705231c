import { performance } from 'node:perf_hooks';
import { startTestEstate, type TestEstate, type TestEstateOptions } from '../proxy/data-plane/test-estate.ts';
import { askForLedger, Ledger, type LedgerRequest } from '../support/ledger.ts';
import { LedgerUpstream } from '../support/ledger-upstream.ts';
import { RawClient } from '../support/raw-client.ts';

/** A monolith whose every answer is the request's own, clients with a ledger, and whatever the service does. */
export interface ShadowEstate extends AsyncDisposable {
  readonly ledger: Ledger;
  readonly estate: TestEstate;
  /** Asks on that many connections at once; returns each answer's ms. Throws at the first that is no 200. */
  ask(count: number, request?: LedgerRequest): Promise<number[]>;
  /** Copies dropped since the start, by reason. */
  dropped(): Record<string, number>;
  /** Takes what the proxy counted and holds it against the ledger. */
  assertLedger(): void;
}

const CLIENTS = 16;

export async function startShadowEstate(
  options: Omit<TestEstateOptions, 'monolith' | 'shares'> & { readonly pieces?: number },
): Promise<ShadowEstate> {
  const ledger = new Ledger();
  const monolith = await LedgerUpstream.start({
    name: 'monolith',
    record: ledger.record,
    pieces: options.pieces ?? 1,
  });
  const estate = await startTestEstate({ ...options, monolith: monolith.port, shares: { shadow: 100 } });
  const dropped: Record<string, number> = {};
  const takeReport = (): void => {
    const report = estate.plane.takeReport();
    ledger.counted(report);
    for (const [reason, count] of Object.entries(report.shadowDropped['catalog'] ?? {}))
      dropped[reason] = (dropped[reason] ?? 0) + count;
  };
  return {
    ledger,
    estate,
    async ask(count, request) {
      const tookMs: number[] = [];
      let left = count;
      const askInTurn = async (): Promise<void> => {
        using client = await RawClient.connect(estate.port);
        while (left-- > 0) {
          const startedAt = performance.now();
          const status = await askForLedger(ledger, client, request);
          if (status !== 200) throw new Error(`a client got ${status}`);
          tookMs.push(performance.now() - startedAt);
        }
      };
      await Promise.all(Array.from({ length: Math.min(CLIENTS, count) }, askInTurn));
      return tookMs.sort((a, b) => a - b);
    },
    dropped() {
      takeReport();
      return { ...dropped };
    },
    assertLedger() {
      takeReport();
      ledger.assert();
    },
    async [Symbol.asyncDispose]() {
      await estate[Symbol.asyncDispose]();
      await monolith[Symbol.asyncDispose]();
    },
  };
}

export const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);
