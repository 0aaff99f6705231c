import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Peer } from '../../../proxy/data-plane/client-identity.ts';
import { HeaderFields } from '../../../proxy/data-plane/header-fields.ts';
import { headFor, type ReceivedRequest, readRequest } from '../../../proxy/data-plane/request-head.ts';
import { trustsNobody } from '../../../proxy/data-plane/trusted-proxies.ts';
import { sampleUpstream } from '../routing/sample-routing.ts';

const received: ReceivedRequest = {
  method: 'GET',
  url: '/a',
  fields: HeaderFields.of(['Host', 'shop']),
  minorVersion: 1,
  peer: new Peer('2001:db8::7', true, trustsNobody),
  id: '01234567-89ab-4def-8123-456789abcdef',
};

function headOf(changes: Partial<ReceivedRequest>): string {
  const request = readRequest({ ...received, ...changes });
  assert.ok(!('refused' in request), JSON.stringify(request));
  return headFor(request, sampleUpstream('monolith', 9000), request.target, '');
}

test('a client with an IPv6 address is named in quotes and brackets where RFC 7239 wants them', () => {
  const head = headOf({});
  assert.ok(head.includes('\r\nX-Forwarded-For: 2001:db8::7\r\n'));
  assert.ok(head.includes('\r\nForwarded: for="[2001:db8::7]";host="shop";proto=https\r\n'));
});

test('a client that came by TLS is said to', () => {
  assert.ok(headOf({}).includes('\r\nX-Forwarded-Proto: https\r\n'));
});

test('a trace is begun from the id of the request', () => {
  assert.ok(
    headOf({}).includes('\r\ntraceparent: 00-0123456789ab4def8123456789abcdef-8123456789abcdef-01\r\n'),
  );
});

test('a request without a Host is given the upstream’s', () => {
  const head = headOf({ fields: HeaderFields.of([]), minorVersion: 0 });
  assert.ok(head.startsWith('GET /a HTTP/1.1\r\nHost: 127.0.0.1:9000\r\n'));
  assert.ok(!head.includes('X-Forwarded-Host') && !head.includes('host='));
});

test('both framings together are refused, also when a parser let them through', () => {
  const fields = HeaderFields.of(['Host', 'shop', 'Content-Length', '5', 'Transfer-Encoding', 'chunked']);
  assert.ok('refused' in readRequest({ ...received, method: 'POST', fields }));
});

test('whatever a host is made of, it breaks out of no header', () => {
  for (let code = 0; code < 256; code++) {
    const host = `a${String.fromCharCode(code)}b`;
    const request = readRequest({ ...received, fields: HeaderFields.of(['Host', host]) });
    const isSafe = /^[A-Za-z0-9\-._~!$&'()*+,;=%]$/.test(String.fromCharCode(code));
    assert.equal('refused' in request, !isSafe, JSON.stringify(host));
  }
});

test('900 headers that one Connection nominates are all dropped', () => {
  const names = Array.from({ length: 900 }, (_, i) => `x-hop-${i}`);
  const fields = HeaderFields.of([
    ...['Host', 'shop', 'Connection', names.join(',')],
    ...names.flatMap((name) => [name, '1']),
  ]);
  assert.ok(!headOf({ fields }).includes('x-hop'));
});
