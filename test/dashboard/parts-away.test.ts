import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partsAway } from '../../dashboard/src/degraded/parts-away.ts';
import { readEvidence } from '../../dashboard/src/migration/then-evidence.ts';

test('what is away is named with what goes on without it; what is up, and the kill switch, are not', () => {
  const parts = {
    postgres: { up: false, detail: 'ECONNREFUSED' },
    routes: { up: false, detail: '0123456789ab' },
    flags: { up: true },
    kill: { up: false },
    newcomer: { up: false },
  };
  const away = partsAway({ ready: true, parts });
  assert.deepEqual(
    away.map(({ title, detail }) => [title, detail]),
    [
      ['Postgres is away', 'ECONNREFUSED'],
      ['routes.yaml as it is now is refused', 'in force: 0123456789ab'],
      ['newcomer is away', undefined],
    ],
  );
});

test('evidence of an audit row is read as it was written, and what is none is left out', () => {
  const written = {
    revision: 4,
    phase: 'canary',
    share: { asked: 25, allowed: 5, effective: 5 },
    gate: 'refused',
    unmet: ['2 signatures have no verdict yet.', 17],
    key: { monolithBuild: '7.4.1', serviceBuild: '1.2.0' },
    pairs: { agreed: 995, differed: 5, incomparable: 0, agreementAtLeast: 0.98999 },
  };
  assert.deepEqual(readEvidence(written), {
    gate: 'refused',
    phase: 'canary',
    share: { asked: 25, allowed: 5, effective: 5 },
    pairs: '1,000 pairs, agreement at least 98.99 %',
    builds: 'monolith 7.4.1, service 1.2.0',
    unmet: ['2 signatures have no verdict yet.'],
  });
  for (const none of [undefined, 'refused', [], { gate: 'open' }, { gate: 'open', phase: 'canary' }])
    assert.equal(readEvidence(none), undefined);
});
