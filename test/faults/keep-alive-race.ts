import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { startTestProxy } from '../proxy/data-plane/test-proxy.ts';
import { askForLedger, Ledger } from '../support/ledger.ts';
import { RawClient } from '../support/raw-client.ts';
import { UpstreamProcess } from '../support/upstream-process.ts';

const CLIENTS = 20;

/**
 * Requests at the very moments at which the upstream closes its idle connections, which it does without a
 * word about its limit. GETs must not notice; a POST may be a 502, and is never done twice. Returns the
 * outcomes of both.
 */
export async function raceKeepAlive(
  keepAliveTimeoutMs: number,
  requests: number,
): Promise<{ gets: Record<string, number>; posts: Record<string, number>; fresh: number }> {
  const ledger = new Ledger();
  await using upstream = await UpstreamProcess.start({
    name: 'monolith',
    keepAliveTimeoutMs,
    hidesKeepAlive: true,
  });
  await using proxy = await startTestProxy({ monolith: upstream.port });
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, which) => {
      using client = await RawClient.connect(proxy.port);
      for (let i = 0; i < requests / CLIENTS; i++) {
        const isWrite = i % 5 === 4;
        await askForLedger(ledger, client, isWrite ? { method: 'POST', body: 'order' } : {});
        // Around the limit, a little different for each client and turn.
        await wait(Math.max(1, keepAliveTimeoutMs + ((which + i) % 5) - 2));
      }
    }),
  );
  const records = upstream.records();
  for (const record of records) ledger.record(record);
  ledger.counted(proxy.takeReport());
  ledger.assert();
  const gets = ledger.outcomes('GET');
  assert.deepEqual(Object.keys(gets), ['200'], `a GET failed at ${keepAliveTimeoutMs} ms`);
  return { gets, posts: ledger.outcomes('POST'), fresh: records.length };
}
