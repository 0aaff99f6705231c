import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideGate } from '../../../proxy/evidence/gate.ts';
import type { GateFacts } from '../../../proxy/evidence/model.ts';
import { facts, migration } from './gate-samples.ts';

/** What may be unknown, or not there yet. Verdicts are not missed where nothing differs, and slowness counts once it is shown. */
const missing: Readonly<Record<string, Partial<GateFacts>>> = {
  pairs: { routes: [] },
  contracts: { contracts: [] },
  pacts: { pacts: [], pactsUnknown: 'the broker does not answer' },
  service: { serviceReachable: false },
  store: { storeAvailable: false },
};

test('a gate that misses any of what it reads, alone or with anything else, is never open', () => {
  assert.equal(decideGate(migration(), facts()).state, 'open');
  const names = Object.keys(missing);
  for (let which = 1; which < 2 ** names.length; which++) {
    const left = names.filter((_, index) => which & (1 << index));
    const known = facts(Object.assign({}, ...left.map((name) => missing[name])));
    assert.notEqual(decideGate(migration(), known).state, 'open', `without ${left.join(', ')}`);
  }
});
