import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Asker } from '../../../proxy/data-plane/asker.ts';
import { HeaderFields } from '../../../proxy/data-plane/header-fields.ts';
import type { ForwardableRequest } from '../../../proxy/data-plane/request-head.ts';
import type { LiveMigration, Snapshot } from '../../../proxy/data-plane/snapshot.ts';
import type { StickySource } from '../../../proxy/routing/model.ts';

const header: StickySource = { from: 'header', name: 'x-user' };

/** Who asks, with the claim `sub` in their token, and how often that was looked at. */
function askerOf(stickBy: readonly StickySource[], lines: string[] = []) {
  const looks = { count: 0 };
  const of = () => {
    looks.count++;
    return new Map([['sub', ['alice']]]);
  };
  const live = { migration: { stickBy }, readsClaims: true } as unknown as LiveMigration;
  const request = { id: 'request-1', client: { address: '192.0.2.1' } } as ForwardableRequest;
  const asker = new Asker({ claims: { of } } as unknown as Snapshot, live, request, HeaderFields.of(lines));
  return { asker, looks };
}

describe('who asks', () => {
  test('is looked at once, and not before somebody wants to know', () => {
    const { asker, looks } = askerOf([{ from: 'claim', name: 'sub' }]);
    assert.equal(looks.count, 0);
    assert.deepEqual([asker.sticky, asker.lastingSticky, asker.sticky], ['alice', 'alice', 'alice']);
    assert.deepEqual(asker.claims.get('sub'), ['alice']);
    assert.equal(looks.count, 1);
  });

  test('is known again by a header or an address, by chance never', () => {
    assert.equal(askerOf([header, { from: 'random' }], ['X-User', 'bob']).asker.lastingSticky, 'bob');
    assert.equal(askerOf([header, { from: 'ip' }]).asker.lastingSticky, '192.0.2.1');
    const { asker } = askerOf([header, { from: 'random' }]);
    assert.deepEqual([asker.sticky, asker.lastingSticky], ['request-1', undefined]);
  });
});
