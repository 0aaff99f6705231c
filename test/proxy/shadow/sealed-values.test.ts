import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Place } from '../../../proxy/routing/model.ts';
import { defaultCompareLimits } from '../../../proxy/shadow/compare/limits.ts';
import { compileJob, examinePair } from '../../../proxy/shadow/comparer-job.ts';
import { createRedactor } from '../../../proxy/shadow/redact.ts';
import { HiddenValues, openSealed, sealValues } from '../../../proxy/shadow/sealed-values.ts';
import { answer, bytes, jsonAnswer, noRules, pairOf } from './sample-pair.ts';

const [key, otherKey] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const values = [{ mark: '0a1b2c3d', rule: 'body:/email', value: 'anna@mail.example' }];

/** What is kept of two answers that differ, under these rules: rule and value. */
function kept(redact: readonly Place[], pair: ReturnType<typeof pairOf>): string[] {
  const hidden = new HiddenValues();
  const redactor = createRedactor(bytes('key'), hidden.note);
  const migration = { id: 'catalog', rulesHash: 'r', shadow: { compare: noRules, redact } };
  const { outcome } = examinePair(pair, compileJob(migration, redactor, defaultCompareLimits));
  assert.equal(outcome, 'differed');
  return hidden.take().map(({ rule, value }) => `${rule} ${value}`);
}

const differing = (body: object, headers: string[] = []) =>
  pairOf(jsonAnswer({ ...body, side: 'a' }, { headers }), jsonAnswer({ ...body, side: 'b' }, { headers }));

describe('values that are sealed', () => {
  test('what was sealed for a pair opens with its key for that pair alone', () => {
    const { sealed } = sealValues(values, key, 'pair-1');
    assert.ok(!Buffer.from(sealed).includes('anna'));
    assert.deepEqual(openSealed(sealed, key, 'pair-1'), values);
    assert.equal(openSealed(sealed, key, 'pair-2'), undefined);
    assert.equal(openSealed(sealed, otherKey, 'pair-1'), undefined);
  });

  test('a byte is changed or missing anywhere, nothing opens', () => {
    const { sealed } = sealValues(values, key, 'pair-1');
    for (const at of sealed.keys())
      assert.equal(openSealed(sealed.with(at, sealed[at]! ^ 1), key, 'pair-1'), undefined, `byte ${at}`);
    for (const length of [0, 11, 28, sealed.length - 1])
      assert.equal(openSealed(sealed.slice(0, length), key, 'pair-1'), undefined);
  });

  test('the same is sealed twice, the bytes are others', () => {
    const [one, two] = [sealValues(values, key, 'p'), sealValues(values, key, 'p')];
    assert.equal(one.keyId, two.keyId);
    assert.notDeepEqual(one.sealed, two.sealed);
  });

  test('rules hide values of JSON, headers, forms and markup, they are gathered with their rule', () => {
    const json = { customer: { email: 'anna@mail.example', age: 41, isKnown: true, note: null } };
    assert.deepEqual(
      kept(['body:/customer', 'header:x-user-name'], differing(json, ['X-User-Name', 'Anna'])),
      [
        'header:x-user-name Anna',
        'body:/customer anna@mail.example',
        'body:/customer 41',
        'body:/customer true',
      ],
    );
    const form = (side: string) =>
      answer({
        headers: ['Content-Type', 'application/x-www-form-urlencoded'],
        body: bytes(`name=Anna&s=${side}`),
      });
    assert.deepEqual(kept(['body:/name'], pairOf(form('a'), form('b'))), ['body:/name Anna']);
    const xml = (side: string) =>
      answer({
        headers: ['Content-Type', 'application/xml'],
        body: bytes(`<a><by>${side}</by><name lang="de">Anna</name></a>`),
      });
    assert.deepEqual(kept(['body:/a/name'], pairOf(xml('a'), xml('b'))), [
      'body:/a/name de',
      'body:/a/name Anna',
    ]);
  });

  test('no rule names it, what Ficus hides by itself is not gathered', () => {
    const body = { email: 'anna@mail.example', password: 'hunter2', iban: 'DE89 3704 0044 0532 0130 00' };
    assert.deepEqual(kept([], differing(body, ['Authorization', 'Bearer abcdef0123456789'])), []);
  });

  test('a rule names credentials, they are hidden and not gathered', () => {
    const headers = ['Authorization', 'Bearer abcdef0123456789', 'Set-Cookie', 'a=b', 'X-Session-Id', '0815'];
    const rules = [
      'header:authorization',
      'header:set-cookie',
      'header:x-session-id',
      'body:/login',
    ] as const;
    const login = {
      password: 'hunter2',
      tokens: { main: ['abc'] },
      note: 'use token=abc123',
      jwt: 'x',
      sent: 'Bearer abcdef0123456789',
      card: '4111 1111 1111 1111',
      digits: 4111111111111111,
      blob: Buffer.from('{"password":"hunter2"}').toString('base64'),
      name: 'Anna',
    };
    assert.deepEqual(kept(rules, differing({ login }, headers)), ['body:/login Anna']);
  });

  test('a pair has many or long values, some are gathered and the rest is left out', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, `value ${i}`]));
    assert.equal(kept(['body:/many'], differing({ many })).length, 32);
    assert.deepEqual(kept(['body:/long'], differing({ long: 'x '.repeat(2000) })), []);
    const wide = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`k${i}`, `${i} ${'- '.repeat(900)}`]),
    );
    assert.ok(kept(['body:/wide'], differing({ wide })).join('').length < 20_000);
  });
});
