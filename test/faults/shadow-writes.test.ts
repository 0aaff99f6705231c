import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleRoute } from '../proxy/routing/sample-routing.ts';
import { Ledger } from '../support/ledger.ts';
import { LedgerUpstream } from '../support/ledger-upstream.ts';
import { startShadowEstate } from './shadow-estate.ts';

const writes = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;

for (const mode of ['never', 'record', 'compare', 'dry-run'] as const) {
  test(`1,000 writes on a route with shadow ${mode} leave nothing at a service that does not run dry`, async () => {
    const atService = new Ledger();
    let reached = 0;
    await using service = await LedgerUpstream.start({ name: 'service', record: () => void reached++ });
    await using shadow = await startShadowEstate({
      service: service.port,
      routes: [sampleRoute('* /a', mode), 'GET /seen'],
      // What was announced once; the service that is there now knows nothing of it.
      canDryRun: mode === 'dry-run',
    });
    for (const method of writes) await shadow.ask(250, { method, body: method === 'DELETE' ? '' : 'x' });
    // Copies go in order: once this one is there, those before it would be, too.
    await shadow.ask(1, { path: '/seen' });
    await shadow.estate.pairCount(1);
    assert.equal(reached, 1);
    assert.equal(shadow.estate.pairs.length, 1);
    atService.assert();
    shadow.assertLedger();
  });
}
