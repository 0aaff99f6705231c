import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  addressOfNode,
  plainAddress,
  readTrustedProxies,
  TrustedProxies,
  trustsNobody,
} from '../../../proxy/data-plane/trusted-proxies.ts';

describe('a list of trusted proxies', () => {
  test('may be empty', () => {
    assert.deepEqual(readTrustedProxies(''), []);
    assert.deepEqual(readTrustedProxies(' , '), []);
    assert.ok(trustsNobody.isEmpty);
    assert.ok(!trustsNobody.has('127.0.0.1'));
  });

  test('has addresses and networks of both families', () => {
    const text = '10.0.0.7, 192.168.0.0/16,::1 , 2001:db8::/32';
    assert.deepEqual(readTrustedProxies(text), ['10.0.0.7', '192.168.0.0/16', '::1', '2001:db8::/32']);
  });

  const refused: [entry: string, why: RegExp][] = [
    ['::ffff:10.0.0.0/8', /written as IPv6/],
    ['::ffff:10.0.0.1', /written as IPv6/],
    ['::FFFF:0a00:0001/104', /written as IPv6/],
    ['0:0:0:0:0:ffff:10.0.0.1', /written as IPv6/],
    ['0.0.0.0/0', /trust everybody/],
    ['::/0', /trust everybody/],
    ['10.0.0.0/00', /trust everybody/],
    ['10.0.0.0/33', /from 1 to 32/],
    ['::1/129', /from 1 to 128/],
    ['10.0.0.0/', /from 1 to 32/],
    ['10.0.0.0/-1', /from 1 to 32/],
    ['10.0.0.0/8.5', /from 1 to 32/],
    ['10.0.0.0/255.0.0.0', /from 1 to 32/],
    ['10.0.0.0/8/8', /no address/],
    ['10.0.0', /no address/],
    ['010.0.0.1', /no address/],
    ['10.0.0.1:80', /no address/],
    ['[::1]', /no address/],
    ['fe80::1%eth0', /no address/],
    ['loopback', /no address/],
    ['*', /no address/],
    ['10.0.0.1 10.0.0.2', /no address/],
  ];
  for (const [entry, why] of refused) {
    test(`refuses ${entry}`, () => {
      assert.throws(
        () => readTrustedProxies(`127.0.0.1,${entry}`),
        (error: Error) => {
          assert.match(error.message, why);
          assert.ok(error.message.startsWith(`"${entry}" `), error.message);
          return true;
        },
      );
    });
  }
});

describe('trusted', () => {
  const proxies = new TrustedProxies(
    readTrustedProxies('10.0.0.7,192.168.3.9/16,172.16.0.0/12,::1,2001:db8:1::/48'),
  );
  const trusted = [
    '10.0.0.7',
    '192.168.0.0',
    '192.168.255.255',
    '172.31.255.255',
    '::1',
    '0:0:0:0:0:0:0:1',
    '2001:db8:1::',
    '2001:DB8:1:ffff:ffff:ffff:ffff:ffff',
  ];
  const untrusted = [
    '10.0.0.8',
    '192.167.255.255',
    '192.169.0.0',
    '172.32.0.0',
    '::2',
    '2001:db8:2::',
    '1.0.0.7',
    'unknown',
    '',
    '10.0.0.7 ',
    '10.0.0.7:80',
  ];
  for (const address of trusted) test(`is ${address}`, () => assert.ok(proxies.has(address)));
  for (const address of untrusted)
    test(`is not ${JSON.stringify(address)}`, () => assert.ok(!proxies.has(address)));

  test('is what a network of any length has, and nothing else', () => {
    let seed = 7;
    const random = () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return seed;
    };
    const write = (bits: number) => [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
    for (let round = 0; round < 2000; round++) {
      const network = random();
      const length = 1 + ((random() >>> 8) % 32);
      const address = (network ^ (1 << ((random() >>> 8) % 32))) >>> 0;
      const mask = (-1 << (32 - length)) >>> 0;
      const isIn = (network & mask) >>> 0 === (address & mask) >>> 0;
      const list = new TrustedProxies([`${write(network)}/${length}`]);
      assert.equal(list.has(write(address)), isIn, `${write(address)} in ${write(network)}/${length}`);
    }
  });
});

test('addresses are without the wrapping of dual-stack sockets and without interface', () => {
  assert.equal(plainAddress('::ffff:10.0.0.1'), '10.0.0.1');
  assert.equal(plainAddress('::ffff:0:1'), '::ffff:0:1');
  assert.equal(plainAddress('fe80::1%eth0'), 'fe80::1');
  assert.equal(plainAddress('::1'), '::1');
  assert.equal(plainAddress('unknown'), 'unknown');
});

describe('the address of a node', () => {
  const nodes: [node: string, address: string | undefined][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:8080', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:80', '2001:db8::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['192.0.2.256', undefined],
    ['192.0.2.1:', undefined],
    ['192.0.2.1:123456', undefined],
    ['[192.0.2.1]', undefined],
    ['[2001:db8::1', undefined],
    ['[zz::1]', undefined],
    ['fe80::1%eth0', undefined],
    ['unknown', undefined],
    ['_hidden', undefined],
    ['', undefined],
    ['example.org', undefined],
    ['1'.repeat(100_000), undefined],
  ];
  for (const [node, address] of nodes)
    test(`${JSON.stringify(node.slice(0, 40))} is ${address}`, () =>
      assert.equal(addressOfNode(node), address));
});
