import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { defaultCompareLimits } from '../../../proxy/shadow/compare/limits.ts';
import { compileJob, examinePair } from '../../../proxy/shadow/comparer-job.ts';
import type { Answer, CapturedRequest, ComparedPair } from '../../../proxy/shadow/pair.ts';
import { createRedactor } from '../../../proxy/shadow/redact.ts';
import { answer, bytes, jsonAnswer, noRules, pairOf } from './sample-pair.ts';

function examine(
  monolith: Answer,
  service: Answer,
  {
    request = {},
    redact = [] as string[],
    rules = {},
  }: { request?: Partial<CapturedRequest>; redact?: string[]; rules?: object } = {},
): ComparedPair {
  const migration = { id: 'catalog', rulesHash: 'r1', shadow: { compare: { ...noRules, ...rules }, redact } };
  const job = compileJob(migration, createRedactor(bytes('key')), defaultCompareLimits);
  return examinePair(pairOf(monolith, service, request), job);
}

describe('what is kept of a pair', () => {
  it('that agrees: the outcome and the durations, after the first few of its kind, which are samples', () => {
    const migration = { id: 'catalog', rulesHash: 'r1', shadow: { compare: noRules, redact: ['body:/b'] } };
    const job = compileJob(migration, createRedactor(bytes('key')), defaultCompareLimits);
    const pair = pairOf(jsonAnswer({ a: 1, b: 2 }), jsonAnswer('{"b":2,"a":1}'), {});
    const { request, monolith, service } = examinePair(pair, job);
    assert.deepEqual(request, { method: 'GET', target: '/api/products', headers: [], body: '' });
    assert.match(monolith?.body ?? '', /"a": 1,\n {2}"b": ‹redacted:/);
    assert.equal(service, undefined);
    for (let more = 0; more < 2; more++) examinePair(pair, job);
    assert.deepEqual(examinePair(pair, job), {
      id: '5bd6ad3c-9d55-4b5e-8f0f-3c9b1f1e7a10',
      migration: 'catalog',
      route: 'GET /api/products',
      at: '2026-11-03T10:00:00.000Z',
      control: 'monolith',
      outcome: 'agreed',
      differences: [],
      coverage: {
        method: 'GET',
        status: '2xx',
        type: 'application/json',
        query: 'none',
        use: 'GET 200 application/json none none',
      },
      monolithMs: 3,
      serviceMs: 3,
    });
  });

  it('that has the same bytes, though they could not be decoded: it agrees', () => {
    const same = () => answer({ headers: ['Content-Encoding', 'zstd'], body: bytes('…') });
    assert.equal(examine(same(), same()).outcome, 'agreed');
  });

  it('that has the same bytes under two encodings: it does not agree', () => {
    const body = gzipSync('a');
    const type = ['Content-Type', 'text/plain'];
    const compared = examine(
      answer({ headers: [...type, 'Content-Encoding', 'gzip'], body }),
      answer({ headers: type, body }),
    );
    assert.equal(compared.outcome, 'differed');
  });

  it('that differs: differences, request and both answers, JSON indented', () => {
    const compared = examine(jsonAnswer({ a: 1 }), jsonAnswer({ a: 2 }, { durationMs: 9 }), {
      request: { target: '/api/products?page=2', headers: ['Accept', 'application/json'], body: bytes('') },
    });
    const [difference] = compared.differences;
    assert.deepEqual(
      { ...difference, signature: difference?.signature.length },
      { place: 'body:/a', pattern: 'body:/a', kind: 'value', monolith: '1', service: '2', signature: 12 },
    );
    assert.deepEqual(compared.request, {
      method: 'GET',
      target: '/api/products?page=2',
      headers: ['Accept', 'application/json'],
      body: '',
    });
    assert.equal(compared.monolith?.body, '{\n  "a": 1\n}');
    assert.equal(compared.serviceMs, 9);
  });

  it('that is incomparable: the reason, and what there is of both sides', () => {
    const compared = examine(jsonAnswer({ a: 1 }), {
      outcome: 'timed-out',
      detail: 'over 1000 ms',
      durationMs: 1000,
    });
    assert.equal(compared.outcome, 'incomparable');
    assert.equal(compared.reason, 'service timed-out: over 1000 ms');
    assert.equal(compared.monolith?.body, '{\n  "a": 1\n}');
    assert.deepEqual(compared.service, { headers: [], body: '', detail: 'timed-out: over 1000 ms' });
  });

  it('whose hidden values a rule lets be apart: what differs elsewhere, and not those', () => {
    const rules = {
      tolerate: [{ at: 'body:/tokenExpires', within: 5 }],
      map: [{ at: 'body:/sessionId', pattern: '^s-.*$', to: 's', side: 'both' }],
    };
    const side = (tokenExpires: number, sessionId: string, user: object) =>
      jsonAnswer({ tokenExpires, sessionId, user });
    const places = (...pair: [Answer, Answer]) =>
      examine(...pair, { rules }).differences.map(({ place }) => place.replace(/‹.*›/, '‹›'));
    assert.deepEqual(places(side(100, 's-1', { n: 1 }), side(101, 's-2', { n: 2 })), ['body:/user/n']);
    // A place with a secret in its name has another name once that is hidden.
    const user = (n: number) => ({ 'anna@shop.example': n });
    assert.deepEqual(places(side(100, 's-1', user(1)), side(101, 's-2', user(2))), ['body:/user/‹›']);
    const devices = (n: number) => ({ session: { 'f3 a9': n } });
    const found = places(side(100, 's-1', devices(1)), side(101, 's-2', devices(2)));
    assert.ok(found.includes('body:/user/session/‹›'), `${found}`);
  });

  it('whose body is long: the beginning, and a note that it is cut', () => {
    const compared = examine(jsonAnswer(Array(100_000).fill('long')), jsonAnswer([1]));
    assert.ok((compared.monolith?.body.length ?? 0) < 66_000);
    assert.match(compared.monolith?.body ?? '', /… <cut>$/);
  });

  it('whose body is not text: a note', () => {
    const image = (byte: number) =>
      answer({ headers: ['Content-Type', 'image/png'], body: Uint8Array.of(byte) });
    const compared = examine(image(1), image(2));
    assert.match(compared.service?.body ?? '', /^<image\/png, 1 bytes, digest ‹redacted:[0-9a-f]{8}›>$/);
  });
});

describe('a monolith that was asked twice', () => {
  const job = compileJob(
    { id: 'catalog', rulesHash: 'r1', shadow: { compare: noRules, redact: [] } },
    createRedactor(bytes('key')),
    defaultCompareLimits,
  );
  const again = (monolith: Answer, service: Answer, monolithAgain: Answer) =>
    examinePair({ ...pairOf(monolith, service), monolithAgain }, job);

  it('and differs from itself as the service does: with the same signature', () => {
    const compared = again(
      jsonAnswer({ n: 1, a: 1 }),
      jsonAnswer({ n: 2, a: 1 }),
      jsonAnswer({ n: 3, a: 1 }),
    );
    assert.equal(compared.again?.outcome, 'differed');
    assert.equal(compared.again?.differences[0]?.signature, compared.differences[0]?.signature);
    assert.equal(compared.again?.differences[0]?.service, '3');
  });

  it('is compared though the service agrees', () => {
    const compared = again(jsonAnswer({ n: 1 }), jsonAnswer({ n: 1 }), jsonAnswer({ n: 2 }));
    assert.equal(compared.outcome, 'agreed');
    assert.deepEqual(
      compared.again?.differences.map(({ place, kind }) => `${place} ${kind}`),
      ['body:/n value'],
    );
  });

  it('and agrees with itself, or can not be compared', () => {
    const one = jsonAnswer({ n: 1 });
    assert.deepEqual(again(one, jsonAnswer({ n: 2 }), jsonAnswer({ n: 1 })).again, {
      outcome: 'agreed',
      differences: [],
    });
    const late: Answer = { outcome: 'timed-out', detail: 'over 1000 ms', durationMs: 1000 };
    assert.deepEqual(again(one, one, late).again, { outcome: 'incomparable', differences: [] });
  });

  it('shows no secret', () => {
    const secret = (text: string) => jsonAnswer({ password: text });
    const compared = again(secret('plant1'), secret('plant1'), secret('plant2'));
    assert.equal(compared.again?.outcome, 'differed');
    assert.ok(!JSON.stringify(compared).includes('plant'));
  });
});

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';

describe('secrets planted everywhere', () => {
  let planted = 0;
  const secrets: string[] = [];
  /** A secret that only its place gives away. */
  const plant = () => {
    const secret = `plant${String(++planted).padStart(3, '0')}zq`;
    secrets.push(secret);
    return secret;
  };
  const plantText = (text: string) => {
    secrets.push(text);
    return text;
  };
  const document = (side: string) => ({
    side,
    customer: {
      email: plantText(`${plant()}@example.com`),
      name: plant(),
      nested: [{ deep: { deeper: plant() } }],
    },
    password: plant(),
    user_passwd: plant(),
    clientSecret: plant(),
    access_token: plant(),
    'API-Key': plant(),
    apikey: plant(),
    session: { id: plant(), ids: [plant(), { [`${plant()}9`]: plant() }] },
    tokens: { [`${plant()}1`]: true },
    hasPassword: true,
    note: `call ${plant()}@example.org, pay ${plantText('DE89370400440532013000')} or ${plantText('4111111111111111')}`,
    inner: JSON.stringify({ password: plant(), n: 1 }),
    link: `/next?session_id=${plant()}&page=1`,
    jwt,
    card: 5500000000000004,
    byMail: { [`${plant()}@example.net`]: { price: side } },
    list: Array.from({ length: 30 }, () => ({ token: plant() })),
    'secret\u006bey': plant(),
  });
  secrets.push(jwt, '5500000000000004');
  const headers = (side: string) => [
    ...['Set-Cookie', `sid=${plant()}; Path=/`, 'Set-Cookie', `cart=${plant()}; Domain=${side}.example`],
    ...['X-Auth-Token', plant(), 'Location', `/done?token=${plant()}`, 'X-Customer', plant()],
    ...['WWW-Authenticate', `Bearer error="${plant()}"`, 'X-Mail', `${plant()}@example.com`],
  ];
  const form = `user=anna&pass%77ord=${plant()}&csrf_token=${plant()}&mail=${plant()}%40example.com&plain=${plant()}`;
  const request: Partial<CapturedRequest> = {
    method: 'POST',
    target: `/api/${plant()}%40example.com/x?api_key=${plant()}&q=${plant()}%40example.com&s%65ssion=${plant()}&${plant()}@example.com`,
    headers: [
      ...[
        'Authorization',
        `Bearer ${plant()}`,
        'Cookie',
        `sid=${plant()}; theme=${plant()}`,
        'cookie',
        plant(),
      ],
      ...['Proxy-Authorization', `Basic ${plant()}`, 'X-API-Key', plant(), 'X-Session-Id', plant()],
      ...[
        'Referer',
        `https://shop.example/?password=${plant()}`,
        'Content-Type',
        'application/x-www-form-urlencoded',
      ],
    ],
    body: bytes(form),
  };
  const redact = ['body:/customer/name', 'body:/customer/nested/*/deep', 'header:x-customer', 'body:/plain'];
  const page = (side: string) =>
    `<p>${side}</p>\n<form><input name="password" value="${plant()}"></form><a href="?token=${plant()}">${plant()}@example.com</a>` +
    `<script>const apiKey = '${plant()}'; login({"password": "${plant()}"});</script><wsse:Password>${plant()}</wsse:Password>`;

  const html = ['Content-Type', 'text/html'];
  const pairs: [string, Answer, Answer][] = [
    [
      'JSON',
      jsonAnswer(document('monolith'), { headers: headers('a') }),
      jsonAnswer(document('service'), { headers: headers('b') }),
    ],
    [
      'pages',
      answer({ headers: html, body: bytes(page('a')) }),
      answer({ headers: html, body: bytes(page('b')) }),
    ],
    [
      'an answer of the wrong type',
      jsonAnswer(document('a')),
      answer({ headers: html, body: bytes(page('b')) }),
    ],
    ['broken JSON', jsonAnswer(`{"password":"${plant()}",}`), jsonAnswer(document('b'))],
    [
      'gzip that breaks off',
      jsonAnswer(document('a')),
      jsonAnswer(plant(), { headers: ['Content-Encoding', 'gzip'] }),
    ],
    [
      'no answer',
      jsonAnswer(document('a')),
      { outcome: 'failed', detail: `refused by ${plant()}@example.com`, durationMs: 1 },
    ],
    ['an object and a list', jsonAnswer(document('a')), jsonAnswer([{ password: [plant()] }])],
  ];
  for (const [what, monolith, service] of pairs) {
    it(`${what}: none is in what is kept`, () => {
      const compared = examine(monolith, service, { request, redact });
      assert.notEqual(compared.outcome, 'agreed');
      const kept = JSON.stringify(compared);
      assert.deepEqual(
        secrets.filter((secret) => kept.includes(secret)),
        [],
      );
      assert.ok(kept.includes('‹redacted:'));
    });
  }

  it('cookies and attributes keep their names', () => {
    const compared = examine(answer({ headers: ['Set-Cookie', 'sid=1; Path=/; HttpOnly'] }), answer(), {
      request: { headers: ['Cookie', 'sid=1; theme=dark'] },
    });
    assert.match(compared.request?.headers[1] ?? '', /^sid=‹redacted:\w+›; ?theme=‹redacted:\w+›$/);
    assert.match(compared.differences[0]?.monolith ?? '', /^sid=‹redacted:\w+›; Path=\/; HttpOnly$/);
  });

  it('none of them hides that two answers differ only in it', () => {
    const compared = examine(
      jsonAnswer({ password: 'a', mail: 'a@b.example' }),
      jsonAnswer({ password: 'b', mail: 'c@b.example' }),
    );
    assert.deepEqual(
      compared.differences.map(({ place, kind }) => `${place} ${kind}`),
      ['body:/password value', 'body:/mail value'],
    );
  });

  it('a secret written otherwise differs, as it does without redaction', () => {
    const compared = examine(
      jsonAnswer({ to: 'DE89370400440532013000' }),
      jsonAnswer({ to: 'DE89 3704 0044 0532 0130 00' }),
    );
    assert.equal(compared.outcome, 'differed');
  });

  it('the same secret on both sides agrees', () => {
    const body = { card: 5500000000000004, session: { n: 1.0 }, mail: 'a@b.example' };
    assert.equal(examine(jsonAnswer(body), jsonAnswer(`${JSON.stringify(body)} `)).outcome, 'agreed');
  });

  it('a secret number that became a text is a type, as it is without redaction', () => {
    const compared = examine(jsonAnswer({ pin: 1234 }), jsonAnswer({ pin: '1234' }));
    assert.deepEqual(
      compared.differences.map(({ kind }) => kind),
      ['type'],
    );
  });

  it('maps keyed by secrets share one signature', () => {
    const compared = examine(
      jsonAnswer({ 'a@b.example': 1, 'c@b.example': 1 }),
      jsonAnswer({ 'a@b.example': 2, 'c@b.example': 2 }),
    );
    assert.deepEqual(
      compared.differences.map(({ pattern }) => pattern),
      ['body:/{id}', 'body:/{id}'],
    );
  });
});
