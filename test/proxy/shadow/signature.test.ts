import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foldKey, signatureOf } from '../../../proxy/shadow/signature.ts';

describe('signature', () => {
  it('is twelve hex digits and stays the same across versions', () => {
    assert.equal(signatureOf('catalog', 'GET /api/products', 'body:/items/*/price', 'value'), '54d5d273214d');
  });

  it('texts that would meet by a separator inside them do not', () => {
    assert.notEqual(signatureOf('a', 'b', 'c d', 'value'), signatureOf('a', 'b c', 'd', 'value'));
    assert.notEqual(signatureOf('a","b', 'c', 'd', 'value'), signatureOf('a', 'b","c', 'd', 'value'));
  });

  it('depends on each of its parts', () => {
    const parts: Parameters<typeof signatureOf>[] = [
      ['a', 'b', 'c', 'value'],
      ['x', 'b', 'c', 'value'],
      ['a', 'x', 'c', 'value'],
      ['a', 'b', 'x', 'value'],
      ['a', 'b', 'c', 'type'],
    ];
    assert.equal(new Set(parts.map((tuple) => signatureOf(...tuple))).size, parts.length);
  });
});

describe('keys in a pattern', () => {
  const ids = [
    '17',
    '2026-11-03',
    'P-000017',
    'ORD_2024_00017',
    'C123456',
    '5bd6ad3c-9d55-4b5e-8f0f-3c9b1f1e7a10',
  ];
  for (const key of [...ids, '507f1f77bcf86cd799439011', '‹redacted:0123abcd›']) {
    it(`${key} is an id`, () => assert.equal(foldKey(key), '{id}'));
  }

  const names = [
    'price',
    'line2',
    'address_1',
    'sha256',
    'utf-16',
    'x509',
    'iso8601',
    'feedbeefdeadfaced',
    'a'.repeat(90),
  ];
  for (const key of names) {
    it(`${key} is a name`, () => assert.equal(foldKey(key), key));
  }
});
