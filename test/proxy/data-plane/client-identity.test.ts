import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Peer } from '../../../proxy/data-plane/client-identity.ts';
import { readForwarded } from '../../../proxy/data-plane/forwarded-field.ts';
import { HeaderFields } from '../../../proxy/data-plane/header-fields.ts';
import { readTrustedProxies, TrustedProxies } from '../../../proxy/data-plane/trusted-proxies.ts';

const trusted = new TrustedProxies(readTrustedProxies('10.0.0.0/8, 2001:db8::/32'));

/** `Name: value` lines as the flat list that a parser gives. */
const raw = (lines: readonly string[]) =>
  lines.flatMap((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);

interface Asked {
  readonly peer?: string;
  readonly secure?: boolean;
  readonly host?: string;
  readonly trusts?: TrustedProxies;
}

function identify(lines: readonly string[], asked: Asked = {}) {
  const { peer = '10.0.0.1', secure = false, host = 'shop', trusts = trusted } = asked;
  const {
    address,
    scheme,
    authority,
    lines: sent,
  } = new Peer(peer, secure, trusts).identify(host, HeaderFields.of(raw(lines)));
  return { address, scheme, authority, sent: sent.split('\r\n').slice(0, -1) };
}

const spoofs = [
  'X-Forwarded-For: 1.2.3.4',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Host: evil.example',
  'X-Forwarded-Port: 443',
  'Forwarded: for=1.2.3.4;host=evil.example;proto=https',
];

describe('a peer that nobody trusts is the client, whatever it says', () => {
  const byItself = (address: string, node: string) => ({
    address,
    scheme: 'http',
    authority: 'shop',
    sent: [
      `X-Forwarded-For: ${address}`,
      'X-Forwarded-Proto: http',
      'X-Forwarded-Host: shop',
      `Forwarded: for=${node};host="shop";proto=http`,
    ],
  });

  test('with IPv4', () => {
    assert.deepEqual(identify(spoofs, { peer: '192.0.2.1' }), byItself('192.0.2.1', '192.0.2.1'));
  });
  test('with IPv6', () => {
    assert.deepEqual(identify(spoofs, { peer: '2001:db9::1' }), byItself('2001:db9::1', '"[2001:db9::1]"'));
  });
  test('with IPv4 on a socket of both families', () => {
    assert.deepEqual(identify(spoofs, { peer: '::ffff:192.0.2.1' }), byItself('192.0.2.1', '192.0.2.1'));
  });
  test('when the list is empty', () => {
    assert.deepEqual(identify(spoofs, { trusts: new TrustedProxies([]) }), byItself('10.0.0.1', '10.0.0.1'));
  });
  test('and a trusted one that says nothing is, too', () => {
    assert.deepEqual(identify(['X_Forwarded_For: 1.2.3.4']), byItself('10.0.0.1', '10.0.0.1'));
  });

  test('over TLS, without a Host', () => {
    assert.deepEqual(identify([], { peer: '192.0.2.1', secure: true, host: '' }).sent, [
      'X-Forwarded-For: 192.0.2.1',
      'X-Forwarded-Proto: https',
      'Forwarded: for=192.0.2.1;proto=https',
    ]);
  });

  test('is described once for all requests with one Host', () => {
    const peer = new Peer('192.0.2.1', false, trusted);
    const first = peer.identify('a', HeaderFields.of([]));
    assert.equal(peer.identify('a', HeaderFields.of(raw(spoofs))), first);
    assert.equal(peer.identify('b', HeaderFields.of([])).authority, 'b');
    assert.equal(peer.identify('a', HeaderFields.of([])).authority, 'a');
  });
});

describe('a trusted peer’s word', () => {
  test('names the client, and the peer is appended', () => {
    assert.deepEqual(
      identify([
        'X-Forwarded-For: 192.0.2.1',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host: public.example:8443',
        'X-Forwarded-Port: 8443',
      ]),
      {
        address: '192.0.2.1',
        scheme: 'https',
        authority: 'public.example:8443',
        sent: [
          'X-Forwarded-For: 192.0.2.1, 10.0.0.1',
          'X-Forwarded-Proto: https',
          'X-Forwarded-Host: public.example:8443',
          'X-Forwarded-Port: 8443',
          'Forwarded: for=192.0.2.1;host="public.example:8443";proto=https, for=10.0.0.1',
        ],
      },
    );
  });

  const chains: [received: string[], address: string, sent: string][] = [
    // What a client invents stands left of what the first trusted proxy has seen.
    [['1.2.3.4, 192.0.2.1'], '192.0.2.1', '1.2.3.4, 192.0.2.1, 10.0.0.1'],
    [['10.9.9.9, 192.0.2.1'], '192.0.2.1', '10.9.9.9, 192.0.2.1, 10.0.0.1'],
    [['192.0.2.1, 10.0.0.2, 2001:db8::7'], '192.0.2.1', '192.0.2.1, 10.0.0.2, 2001:db8::7, 10.0.0.1'],
    [['192.0.2.1', '10.0.0.2'], '192.0.2.1', '192.0.2.1, 10.0.0.2, 10.0.0.1'],
    [['192.0.2.1:4711'], '192.0.2.1', '192.0.2.1:4711, 10.0.0.1'],
    [['[2001:db9::1]:80'], '2001:db9::1', '[2001:db9::1]:80, 10.0.0.1'],
    [['2001:db9::1'], '2001:db9::1', '2001:db9::1, 10.0.0.1'],
    [['10.0.0.3,10.0.0.2'], '10.0.0.3', '10.0.0.3, 10.0.0.2, 10.0.0.1'],
    // What is no address ends the chain; the part that proxies vouch for stays.
    [['garbage, 192.0.2.1'], '192.0.2.1', '192.0.2.1, 10.0.0.1'],
    [['192.0.2.1, , 10.0.0.2'], '10.0.0.2', '10.0.0.2, 10.0.0.1'],
    [['192.0.2.1, unknown'], '10.0.0.1', '10.0.0.1'],
    [[''], '10.0.0.1', '10.0.0.1'],
    [['"192.0.2.1"'], '10.0.0.1', '10.0.0.1'],
    [['010.0.0.2'], '10.0.0.1', '10.0.0.1'],
  ];
  for (const [received, address, sent] of chains) {
    test(`X-Forwarded-For ${received.map((one) => JSON.stringify(one)).join(' and ')}: ${address}`, () => {
      const identity = identify(received.map((value) => `X-Forwarded-For: ${value}`));
      assert.equal(identity.address, address);
      assert.equal(identity.sent[0], `X-Forwarded-For: ${sent}`);
    });
  }

  test('of a chain without end is heard as far as 32 hops', () => {
    const { address, sent } = identify([`X-Forwarded-For: ${'10.0.0.9, '.repeat(3000)}10.0.0.8`]);
    assert.equal(address, '10.0.0.9');
    assert.equal(sent[0]!.split(',').length, 33);
  });

  const words: [line: string, scheme: string, authority: string][] = [
    ['X-Forwarded-Proto: HTTPS', 'https', 'shop'],
    ['X-Forwarded-Proto: http, https', 'https', 'shop'],
    ['X-Forwarded-Proto: wss', 'http', 'shop'],
    ['X-Forwarded-Proto: https;x', 'http', 'shop'],
    ['X-Forwarded-Host: evil, public.example', 'http', 'public.example'],
    ['X-Forwarded-Host: a b', 'http', 'shop'],
    ['X-Forwarded-Host: a"b', 'http', 'shop'],
    ['X-Forwarded-Host: user@a', 'http', 'shop'],
    [`X-Forwarded-Host: ${'a'.repeat(256)}`, 'http', 'shop'],
  ];
  for (const [line, scheme, authority] of words) {
    test(`${line.slice(0, 60)}: ${scheme}://${authority}`, () => {
      const identity = identify([line]);
      assert.deepEqual([identity.scheme, identity.authority], [scheme, authority]);
    });
  }

  for (const port of ['0', '65536', '8443x', '-1', '']) {
    test(`X-Forwarded-Port: ${port} is not passed on`, () => {
      const { sent } = identify([`X-Forwarded-Port: ${port}`]);
      assert.ok(!sent.some((line) => line.startsWith('X-Forwarded-Port')));
    });
  }

  test('in Forwarded alone is kept as it is, and written as X-Forwarded-… too', () => {
    const element = 'For="[2001:db9::1]:4711";proto=https;Host="public.example";by=_lb';
    assert.deepEqual(identify([`Forwarded: ${element}`, 'Forwarded: for=10.0.0.2;proto=http']), {
      address: '2001:db9::1',
      scheme: 'https',
      authority: 'public.example',
      sent: [
        'X-Forwarded-For: 2001:db9::1, 10.0.0.2, 10.0.0.1',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host: public.example',
        `Forwarded: ${element}, for=10.0.0.2;proto=http, for=10.0.0.1;host="shop";proto=http`,
      ],
    });
  });

  test('in Forwarded counts for nothing beside X-Forwarded-For, which a client can’t invent', () => {
    const { address, sent } = identify(['Forwarded: for=10.6.6.6', 'X-Forwarded-For: 192.0.2.1']);
    assert.equal(address, '192.0.2.1');
    assert.equal(sent.at(-1), 'Forwarded: for=192.0.2.1;host="shop";proto=http, for=10.0.0.1');
  });

  test('of a client that hides itself makes the hop before it the client', () => {
    const { address, sent } = identify(['Forwarded: for=192.0.2.1, for=_secret, for=10.0.0.2']);
    assert.equal(address, '10.0.0.2');
    assert.equal(sent[0], 'X-Forwarded-For: 192.0.2.1, unknown, 10.0.0.2, 10.0.0.1');
  });
});

describe('Forwarded', () => {
  const good: [line: string, nodes: string[]][] = [
    ['for=192.0.2.43, for=198.51.100.17', ['192.0.2.43', '198.51.100.17']],
    ['For="[2001:db8:cafe::17]:4711"', ['[2001:db8:cafe::17]:4711']],
    ['for="a\\"b\\\\,;c"', ['a"b\\,;c']],
    ['proto=http;by=203.0.113.43', ['']],
    [' \tfor=a\t,\tfor=b ', ['a', 'b']],
    ['', []],
  ];
  for (const [line, nodes] of good) {
    test(`${JSON.stringify(line)} has ${JSON.stringify(nodes)}`, () =>
      assert.deepEqual(
        readForwarded([line]).map(({ node }) => node),
        nodes,
      ));
  }

  const bad = [
    'for',
    'for=',
    'for=a,',
    ',for=a',
    'for=a;',
    'for=a;;proto=http',
    'for=a;for=b',
    'for=a; proto=http',
    'for = a',
    'for="a',
    'for=[::1]',
    'for=a b',
    'for="a"b',
    '"for"=a',
  ];
  for (const line of bad) {
    test(`${JSON.stringify(line)} is not heard, nor what stands before it`, () => {
      assert.deepEqual(readForwarded(['for=1.1.1.1', line]), []);
      const after = readForwarded([line, 'for=2.2.2.2']);
      assert.deepEqual(
        after.map(({ node }) => node),
        ['2.2.2.2'],
      );
    });
  }

  test('of 60 KB is read in no time to speak of', { timeout: 5000 }, () => {
    for (const part of ['for="\\"', 'for=a;', '"\\', ',', 'for=a, ', '\\"', 'a=']) {
      readForwarded([part.repeat(60_000 / part.length)]);
      readForwarded([`for="${part.repeat(60_000 / part.length)}`]);
    }
  });
});

test('whatever a trusted peer passes on, the lines are sound and the client is nobody it invented', () => {
  let seed = 20_261_124;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const pieces = [
    '10.0.0.5',
    '192.0.2.9',
    '2001:db8::5',
    '[2001:db9::5]:1',
    'unknown',
    '_x',
    ',',
    ', ',
    ';',
    '"',
    '\\',
    '=',
    'for=',
    'host=',
    'proto=https',
    '\xe9',
    '\t',
    '%',
    '::',
    '1.2.3.4:99999',
    'evil.example',
    '@',
    '[',
    ']',
  ];
  const invent = () => Array.from({ length: random(12) }, () => pieces[random(pieces.length)]!).join('');
  for (let round = 0; round < 20_000; round++) {
    const invented = `${invent()}`;
    // As a proxy does that appends the client it has seen.
    const lines = [
      `X-Forwarded-For: ${invented === '' ? '' : `${invented}, `}198.51.100.7`,
      `Forwarded: ${invent()}`,
      `X-Forwarded-Host: ${invent()}`,
      `X-Forwarded-Proto: ${invent()}`,
      `X-Forwarded-Port: ${invent()}`,
    ].filter((_, i) => i === 0 || random(2) === 0);
    const identity = identify(lines);
    assert.equal(identity.address, '198.51.100.7', JSON.stringify(lines));
    assert.match(identity.sent[0]!, /^X-Forwarded-For: ([0-9a-fA-F.:[\]]+, )*198\.51\.100\.7, 10\.0\.0\.1$/);
    assert.equal(readForwarded([identity.sent.at(-1)!.slice('Forwarded: '.length)]).at(-1)?.node, '10.0.0.1');
    for (const line of identity.sent)
      assert.match(line, /^(?:X-Forwarded-(?:For|Proto|Host|Port)|Forwarded): [\x20-\x7e]+$/);
  }
});
