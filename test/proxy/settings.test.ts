import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { maskedSettings, readSettings, SettingsError } from '../../proxy/settings.ts';

const read = (env: Record<string, string>) => readSettings(['--config', 'routes.yaml'], env);

test('without settings clients come without TLS, and no proxy is trusted', () => {
  const { tls, trustedProxies } = read({});
  assert.deepEqual({ tls, trustedProxies }, { tls: undefined, trustedProxies: [] });
});

test('empty settings are none', () => {
  const { tls, trustedProxies } = read({
    FICUS_TLS_CERT: '',
    FICUS_TLS_KEY: '',
    FICUS_TLS_MIN_VERSION: '',
    FICUS_TRUSTED_PROXIES: '',
  });
  assert.deepEqual({ tls, trustedProxies }, { tls: undefined, trustedProxies: [] });
});

test('a certificate and its key are files, TLS 1.2 is the least', () => {
  const { tls } = read({ FICUS_TLS_CERT: 'tls/tls.crt', FICUS_TLS_KEY: '/etc/tls.key' });
  assert.deepEqual(tls, {
    certFile: path.resolve('tls/tls.crt'),
    keyFile: '/etc/tls.key',
    minVersion: 'TLSv1.2',
  });
});

test('TLS 1.3 can be the least', () => {
  const { tls } = read({ FICUS_TLS_CERT: 'a', FICUS_TLS_KEY: 'b', FICUS_TLS_MIN_VERSION: 'TLSv1.3' });
  assert.equal(tls?.minVersion, 'TLSv1.3');
});

test('HTTP/2 is off unless FICUS_HTTP2 is 1', () => {
  const pair = { FICUS_TLS_CERT: 'a', FICUS_TLS_KEY: 'b' };
  assert.equal(read(pair).http2, false);
  assert.equal(read({ ...pair, FICUS_HTTP2: '0' }).http2, false);
  assert.equal(read({ ...pair, FICUS_HTTP2: '1' }).http2, true);
});

test('trusted proxies are a list', () => {
  const { trustedProxies } = read({ FICUS_TRUSTED_PROXIES: '10.0.0.0/8, ::1' });
  assert.deepEqual(trustedProxies, ['10.0.0.0/8', '::1']);
});

describe('refused with a sentence', () => {
  const pair = { FICUS_TLS_CERT: 'a', FICUS_TLS_KEY: 'b' };
  const wrong: [env: Record<string, string>, sentence: string][] = [
    [{ FICUS_TLS_CERT: 'a' }, 'FICUS_TLS_CERT needs FICUS_TLS_KEY beside it'],
    [{ FICUS_TLS_KEY: 'a' }, 'FICUS_TLS_KEY needs FICUS_TLS_CERT beside it'],
    [
      { ...pair, FICUS_TLS_MIN_VERSION: 'TLSv1.1' },
      'FICUS_TLS_MIN_VERSION must be TLSv1.2 or TLSv1.3, not "TLSv1.1"',
    ],
    [{ FICUS_HTTP2: '1' }, 'FICUS_HTTP2 needs FICUS_TLS_CERT and FICUS_TLS_KEY'],
    [{ FICUS_TLS_MIN_VERSION: 'TLSv1.3' }, 'FICUS_TLS_MIN_VERSION needs FICUS_TLS_CERT and FICUS_TLS_KEY'],
    [
      { FICUS_TRUSTED_PROXIES: '10.0.0.1, 0.0.0.0/0' },
      'FICUS_TRUSTED_PROXIES: "0.0.0.0/0" would trust everybody, so that anybody could name any client',
    ],
    [
      { FICUS_TRUSTED_PROXIES: '::ffff:10.0.0.0/104' },
      'FICUS_TRUSTED_PROXIES: "::ffff:10.0.0.0/104" is an IPv4 address written as IPv6; write it as IPv4',
    ],
  ];
  for (const [env, sentence] of wrong) {
    test(sentence, () => {
      assert.throws(
        () => read(env),
        (error: Error) => {
          assert.ok(error instanceof SettingsError);
          assert.equal(error.message, sentence);
          return true;
        },
      );
    });
  }
});

test('a Pact Broker is asked with a token or as a user, and a states file gets neither', () => {
  const { pactBroker, pactEnvironment } = read({ PACT_BROKER_TOKEN: 'a-token', PACT_API_KEY: 'k' });
  assert.deepEqual(pactBroker, { token: 'a-token' });
  assert.deepEqual(pactEnvironment, { PACT_API_KEY: 'k' });
  const basic = read({ PACT_BROKER_USERNAME: 'ficus', PACT_BROKER_PASSWORD: 'p' });
  assert.deepEqual(basic.pactBroker, { username: 'ficus', password: 'p' });
  assert.equal(read({}).pactBroker, undefined);
  assert.doesNotMatch(JSON.stringify(maskedSettings(basic)), /"p"|"ficus"/);
  assert.throws(() => read({ PACT_BROKER_TOKEN: 'a', PACT_BROKER_USERNAME: 'b' }), /exclude each other/);
  assert.throws(() => read({ PACT_BROKER_TOKEN: 'a b' }), /characters that a bearer token can not have/);
});

test('of what may be secret the log gets names at most', () => {
  const settings = read({
    FICUS_SECRET_CATALOG: 'Bearer hunter2',
    PACT_TOKEN: 'hunter3',
    DATABASE_URL: 'postgres://ficus:hunter4@db/ficus',
    UNLEASH_URL: 'http://unleash',
    UNLEASH_ADMIN_TOKEN: 'hunter5',
    FICUS_SECRETIVE: 'hunter6',
  });
  assert.deepEqual(settings.secrets, { FICUS_SECRET_CATALOG: 'Bearer hunter2' });
  const masked = maskedSettings(settings);
  assert.deepEqual(masked['secrets'], ['FICUS_SECRET_CATALOG']);
  assert.ok(!JSON.stringify(masked).includes('hunter'), JSON.stringify(masked));
});

describe('keys that redacted values are sealed with', () => {
  const [one, two] = [Buffer.alloc(32, 1).toString('base64'), Buffer.alloc(32, 2).toString('base64')];

  test('none is set, there is none', () => {
    assert.deepEqual(read({}).reveal, { keys: [], maxAgeDays: 7 });
  });

  test('several are set, in the order they are written, and none is in the log', () => {
    const settings = read({ FICUS_REVEAL_KEY: `${one} ${two}`, FICUS_PAIRS_MAX_AGE_DAYS: '3' });
    assert.deepEqual(
      settings.reveal.keys.map((key) => key[0]),
      [1, 2],
    );
    assert.equal(settings.reveal.maxAgeDays, 3);
    assert.deepEqual(maskedSettings(settings)['reveal'], { keys: ['***', '***'], maxAgeDays: 3 });
  });

  test('one is too short or no base64, it is refused and not repeated', () => {
    for (const bad of [`${one} c2hvcnQ=`, 'x'.repeat(44), `${one.slice(0, -1)}!`]) {
      assert.throws(
        () => read({ FICUS_REVEAL_KEY: bad }),
        (error) =>
          error instanceof SettingsError && /32 bytes/.test(error.message) && !error.message.includes(bad),
      );
    }
    assert.throws(
      () => read({ FICUS_REVEAL_KEY_FILE: '/nothing/here' }),
      /\/nothing\/here can not be read \(ENOENT\)/,
    );
    assert.throws(() => read({ FICUS_REVEAL_KEY_FILE: 'a', FICUS_REVEAL_KEY: one }), /set one/);
  });
});

test('a trace is looked up at a URL of the web with the id in its path or query, and nothing else is one', () => {
  const { traceUrl } = read({ FICUS_TRACE_URL: 'https://tracing.example/trace/{traceId}?a=b' });
  assert.equal(traceUrl, 'https://tracing.example/trace/{traceId}?a=b');
  for (const bad of [
    'javascript:alert("{traceId}")',
    'data:text/html,{traceId}',
    'https://tracing.example/',
    'https://{traceId}.example/',
    'https://kim:secret@tracing.example/{traceId}',
    'tracing.example/{traceId}',
  ])
    assert.throws(() => read({ FICUS_TRACE_URL: bad }), /FICUS_TRACE_URL/, bad);
});
