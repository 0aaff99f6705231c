import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { HeaderFields } from '../../../proxy/data-plane/header-fields.ts';
import { VerifiedClaims } from '../../../proxy/data-plane/verified-claims.ts';
import { importKeys, readToken, verifyToken } from '../../../proxy/data-plane/verify-token.ts';
import {
  type JwtAlgorithm,
  type JwtRules,
  jwtAlgorithms,
  type PublicJwk,
} from '../../../proxy/routing/identity.ts';

const nowMs = Date.parse('2026-11-24T12:00:00Z');
const second = nowMs / 1000;
const rules: JwtRules = {
  keys: [],
  issuer: 'https://login.example.com',
  audience: ['shop', 'web'],
  algorithms: jwtAlgorithms,
  from: { from: 'header', name: 'authorization' },
  clockToleranceSeconds: 30,
};

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
const pairs = new Map<JwtAlgorithm, Pair>();
const jwks = new Map<JwtAlgorithm, PublicJwk>();

before(async () => {
  // One RSA pair for all of its algorithms: making them is slow.
  const rsa = await generateKeyPair('RS256', { extractable: true });
  for (const algorithm of jwtAlgorithms) {
    const isRsa = /^[RP]S/.test(algorithm);
    const pair = isRsa ? rsa : await generateKeyPair(algorithm, { extractable: true });
    pairs.set(algorithm, pair);
    jwks.set(algorithm, { ...((await exportJWK(pair.publicKey)) as PublicJwk), kid: algorithm });
  }
});

const standard = { iss: rules.issuer, aud: 'shop', sub: 'alice', exp: second + 60 };

async function sign(
  payload: JWTPayload,
  header: object = {},
  algorithm: JwtAlgorithm = 'ES256',
): Promise<string> {
  const { privateKey } = pairs.get(algorithm)!;
  const { subtle } = globalThis.crypto;
  // jose binds a key to one algorithm; the same RSA key signs for several here.
  const key = /^[RP]S/.test(algorithm)
    ? await subtle.importKey(
        'pkcs8',
        await subtle.exportKey('pkcs8', privateKey as CryptoKey),
        {
          name: algorithm.startsWith('P') ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5',
          hash: `SHA-${algorithm.slice(2)}`,
        },
        false,
        ['sign'],
      )
    : privateKey;
  return new SignJWT(payload).setProtectedHeader({ alg: algorithm, ...header }).sign(key);
}

const verified = (token: string, changes: Partial<JwtRules> = {}, keys = [...jwks.values()]) => {
  const read = readToken(token, { ...rules, ...changes }, importKeys(keys));
  return read && verifyToken(read, { ...rules, ...changes }, nowMs);
};

describe('a token is verified', () => {
  for (const algorithm of jwtAlgorithms) {
    test(`that jose has signed with ${algorithm}`, async () => {
      const token = await sign(standard, { kid: algorithm }, algorithm);
      const { payload, endsAtMs } = verified(token)!;
      assert.equal(payload['sub'], 'alice');
      assert.equal(endsAtMs, nowMs + 90_000);
    });
  }

  test('that names no key, by the one that fits', async () => {
    assert.ok(verified(await sign(standard), {}, [jwks.get('ES384')!, jwks.get('ES256')!]));
  });

  test('that is for several, of which one is us', async () => {
    assert.ok(verified(await sign({ ...standard, aud: ['other', 'web'] })));
  });

  test('that has just ended, or has yet to begin, by clocks that are a little apart', async () => {
    assert.ok(verified(await sign({ ...standard, exp: second - 29, nbf: second + 29 })));
  });
});

describe('a token is not verified', () => {
  const payloads: [string, object][] = [
    ['that has ended', { exp: second - 30 }],
    ['that never ends', { exp: undefined }],
    ['whose end is a text', { exp: 'tomorrow' }],
    ['that has yet to begin', { nbf: second + 31 }],
    ['of another issuer', { iss: 'https://evil.example.com' }],
    ['for somebody else', { aud: 'bank' }],
    ['for nobody', { aud: undefined }],
  ];
  for (const [name, changes] of payloads) {
    test(name, async () =>
      assert.equal(verified(await sign({ ...standard, ...changes } as JWTPayload)), undefined),
    );
  }

  test('whose payload or signature was changed', async () => {
    const [header, , signature] = (await sign(standard, { kid: 'ES256' })).split('.');
    const payload = Buffer.from(JSON.stringify({ ...standard, sub: 'mallory' })).toString('base64url');
    assert.equal(verified(`${header}.${payload}.${signature}`), undefined);
    const token = await sign(standard, { kid: 'ES256' });
    const last = token.at(-5) === 'A' ? 'B' : 'A';
    assert.equal(verified(`${token.slice(0, -5)}${last}${token.slice(-4)}`), undefined);
  });

  test('without a signature, or with one of another length', async () => {
    const token = await sign(standard, { kid: 'ES256' });
    const [, payload, signature] = token.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    assert.equal(verified(`${none}.${payload}.`), undefined);
    assert.equal(verified(`${none}.${payload}.${signature}`), undefined);
    assert.equal(verified(token.slice(0, -20)), undefined);
  });

  test('signed by HMAC with the public key as its secret', async () => {
    const secret = new TextEncoder().encode(JSON.stringify(jwks.get('RS256')));
    const token = await new SignJWT(standard).setProtectedHeader({ alg: 'HS256' }).sign(secret);
    assert.equal(verified(token), undefined);
  });

  test('of an algorithm that the rules do not name', async () => {
    const token = await sign(standard, { kid: 'ES256' });
    assert.equal(verified(token, { algorithms: ['RS256'] }), undefined);
  });

  test('of a key that is unknown, or is for another algorithm', async () => {
    const token = await sign(standard, { kid: 'ES256' });
    assert.equal(verified(token, {}, [{ ...jwks.get('ES256')!, kid: 'other' }]), undefined);
    assert.equal(verified(token, {}, [{ ...jwks.get('ES256')!, alg: 'ES384' }]), undefined);
    assert.equal(verified(token, {}, []), undefined);
  });

  test('that asks to be understood in ways that we know nothing of', async () => {
    const token = await sign(standard, { kid: 'ES256', b64: true, crit: ['b64'] });
    assert.equal(verified(token), undefined);
  });

  for (const text of [
    '',
    '.',
    '..',
    'a.b.c',
    'e30.e30.e30',
    `${'A'.repeat(40)}.@.x`,
    'bnVsbA.bnVsbA.bnVsbA',
  ]) {
    test(`that is ${JSON.stringify(text)}`, () => assert.equal(verified(text), undefined));
  }
});

describe('claims of the bearer', () => {
  const clock = { at: nowMs, now: () => clock.at, monotonic: () => clock.at };
  const reader = (names: string[], changes: Partial<JwtRules> = {}) =>
    new VerifiedClaims({ ...rules, ...changes }, [...jwks.values()], names, clock);
  const bearer = (token: string) => HeaderFields.of(['Authorization', `Bearer ${token}`]);
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  /** Of our form, and signed by nobody. */
  const forged = (n: number) => `${encoded({ alg: 'ES256', kid: 'ES256' })}.${encoded({ n })}.AAAA`;
  const plain = (claims: ReadonlyMap<string, readonly string[]>) => Object.fromEntries(claims);

  test('are those that were asked for, as texts', async () => {
    const token = await sign({
      ...standard,
      plan: 'pro',
      groups: ['qa', 7],
      age: 41,
      address: { city: 'x' },
    });
    const claims = reader(['sub', 'groups', 'age', 'address', 'missing', '__proto__']).of(bearer(token));
    assert.deepEqual(plain(claims), { sub: ['alice'], groups: ['qa', '7'], age: ['41'] });
  });

  test('are read from a cookie or another header where the rules say so', async () => {
    const token = await sign(standard);
    const byCookie = reader(['sub'], { from: { from: 'cookie', name: 'jwt' } });
    assert.deepEqual(plain(byCookie.of(HeaderFields.of(['Cookie', `a=1; jwt=${token}`]))), {
      sub: ['alice'],
    });
    const byHeader = reader(['sub'], { from: { from: 'header', name: 'x-token' } });
    assert.deepEqual(plain(byHeader.of(HeaderFields.of(['X-Token', token]))), { sub: ['alice'] });
  });

  test('are none without a token, with two, and with one that is not verified', async () => {
    const claims = reader(['sub']);
    const [one, two] = [await sign(standard), await sign({ ...standard, sub: 'bob' })];
    assert.equal(claims.of(HeaderFields.of([])).size, 0);
    assert.equal(claims.of(HeaderFields.of(['Authorization', 'Basic eA=='])).size, 0);
    const both = HeaderFields.of(['Authorization', `Bearer ${one}`, 'Authorization', `Bearer ${two}`]);
    assert.equal(claims.of(both).size, 0);
    assert.equal(claims.of(bearer(`${one}x`)).size, 0);
  });

  test('are verified once, and end with their token', async () => {
    const claims = reader(['sub']);
    const fields = bearer(await sign(standard));
    const first = claims.of(fields);
    assert.equal(claims.of(fields), first);
    clock.at = nowMs + 89_999;
    assert.equal(claims.of(fields), first);
    clock.at = nowMs + 90_000;
    assert.equal(claims.of(fields).size, 0);
    clock.at = nowMs;
  });

  test('are none for what is over a thousand new tokens in a second, until the next', async () => {
    const claims = reader(['sub']);
    const fields = bearer(await sign(standard));
    for (let i = 0; i < 1000; i++) claims.of(bearer(forged(i)));
    assert.equal(claims.of(fields).size, 0);
    clock.at = nowMs + 1000;
    assert.equal(claims.of(fields).size, 1);
    clock.at = nowMs;
  });

  test('are those of a new token among thousands that are none of ours at the first look', async () => {
    const claims = reader(['sub']);
    const fields = bearer(await sign(standard));
    const other = encoded({ alg: 'ES256', kid: 'nobody' });
    for (let i = 0; i < 2000; i++) claims.of(bearer(i % 2 ? `${other}.e30.${i}` : `a.b.${i}`));
    assert.equal(claims.of(fields).size, 1);
  });

  test('are known for good while they are asked for, however many tokens are refused meanwhile', async () => {
    const claims = reader(['sub']);
    const fields = bearer(await sign({ ...standard, exp: second + 3600 }));
    const first = claims.of(fields);
    for (let at = 1; at <= 16; at++) {
      clock.at = nowMs + at * 1000;
      for (let i = 0; i < 999; i++) claims.of(bearer(forged(at * 1000 + i)));
    }
    assert.equal(claims.of(fields), first);
    clock.at = nowMs;
  });
});
