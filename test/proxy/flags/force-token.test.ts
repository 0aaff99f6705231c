import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readForce, signForce } from '../../../proxy/flags/force-token.ts';

const key = 'a key that is long enough for a test';
const nowMs = Date.parse('2026-11-24T12:00:00Z');
const grant = { side: 'service', migration: 'catalog', untilMs: nowMs + 1000, by: 'cli:alice' } as const;
const signed = signForce(grant, key);

describe('a signed Ficus-Force', () => {
  test('says what it was signed for', () => assert.deepEqual(readForce(signed, key, nowMs), grant));

  test('counts no more from its end on', () => {
    assert.ok(readForce(signed, key, nowMs + 999));
    assert.equal(readForce(signed, key, nowMs + 1000), undefined);
  });

  test('takes nothing into a name that could pass for another part', () => {
    const value = signForce({ ...grant, by: 'x;sig=\r\ny' }, key);
    assert.match(value, /;by=x_sig___y;sig=/);
    assert.ok(readForce(value, key, nowMs));
  });

  const changed: [string, string][] = [
    ['of another key', signForce(grant, `${key}!`)],
    ['for another side', signed.replace('service', 'monolith')],
    ['for another migration', signed.replace('catalog', 'billing')],
    ['for longer', signed.replace(/until=\d/, 'until=9')],
    ['of somebody else', signed.replace('alice', 'mallory')],
    ['without its signature', signed.replace(/;sig=.*/, '')],
    ['with more behind it', `${signed};side=service`],
    ['with nothing but a side', 'service'],
    ['that is empty', ''],
  ];
  for (const [name, value] of changed) {
    test(`${name} counts for nothing`, () => assert.equal(readForce(value, key, nowMs), undefined));
  }
});
