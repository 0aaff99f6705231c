import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReveal } from '../../../proxy/app/reveal-values.ts';
import { sealValues } from '../../../proxy/shadow/sealed-values.ts';
import type { AuditEntry, SealedRow } from '../../../proxy/store/model.ts';
import { catalogPair } from '../admin/sample-data.ts';

const key = new Uint8Array(32).fill(1);
const newKey = new Uint8Array(32).fill(2);
const { id } = catalogPair;
const values = [
  { mark: '0a1b2c3d', rule: 'body:/email', value: 'anna@mail.example' },
  { mark: 'ffffffff', rule: 'body:/name', value: 'Anna Berg' },
];

function revealWith(
  keys: readonly Uint8Array[],
  more: { row?: SealedRow | undefined; audit?: (entry: AuditEntry) => Promise<void> } = {},
) {
  const entries: AuditEntry[] = [];
  const row = 'row' in more ? more.row : sealValues(values, key, id);
  const reveal = createReveal({
    settings: { keys, maxAgeDays: 7 },
    store: {
      pairs: { pair: async (wanted) => (wanted === id ? catalogPair : undefined) },
      sealedValues: { of: async () => row },
    },
    spool: { recordOrFail: more.audit ?? (async (entry) => void entries.push(entry)) },
    nowIso: () => '2026-11-20T12:00:00.000Z',
  });
  return {
    entries,
    ask: (marks: string[], pair = id) => reveal(pair, marks, { name: 'oidc:kim' }, 'ticket 7'),
  };
}

test('an admin asks for a value that is kept, it is given, and the audit has who, why and where but no value', async () => {
  const { ask, entries } = revealWith([key]);
  const result = await ask(['0a1b2c3d', '12345678']);
  assert.deepEqual(result, { done: true, values: [values[0]], notKept: ['12345678'] });
  assert.deepEqual(entries, [
    {
      at: '2026-11-20T12:00:00.000Z',
      actor: 'oidc:kim',
      action: 'reveal',
      migration: 'catalog',
      reason: 'ticket 7',
      detail: {
        pair: id,
        route: catalogPair.route,
        places: [{ rule: 'body:/email', mark: '0a1b2c3d' }],
      },
    },
  ]);
});

test('the audit does not take it, no value is given', async () => {
  const { ask } = revealWith([key], { audit: () => Promise.reject(new Error('Postgres is away')) });
  await assert.rejects(ask(['0a1b2c3d']), /Postgres is away/);
});

test('the key was rotated and the old one is still there, what it sealed opens', async () => {
  const { ask } = revealWith([newKey, key]);
  assert.ok((await ask(['0a1b2c3d'])).done);
});

test('nothing can be revealed, it says why, and the audit has nothing', async () => {
  const reasons = {
    'FICUS_REVEAL_KEY is not set': revealWith([]),
    'which this Ficus does not have': revealWith([newKey]),
    'credentials, card numbers': revealWith([key], { row: undefined }),
    'Nothing of it is kept': revealWith([key], { row: sealValues(values, key, 'another pair') }),
  };
  for (const [part, { ask, entries }] of Object.entries(reasons)) {
    const result = await ask(['0a1b2c3d']);
    assert.ok(!result.done && result.code === 'values_not_kept' && result.reason.includes(part), part);
    assert.deepEqual(entries, []);
  }
  const unknown = await revealWith([key]).ask(['0a1b2c3d'], 'no pair');
  assert.ok(!unknown.done && unknown.code === 'unknown_pair');
});
