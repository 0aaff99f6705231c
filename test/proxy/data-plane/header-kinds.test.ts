import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  answerHeaderRules,
  applyRules,
  Kind,
  nominatedBy,
  requestHeaderKind,
  requestHeaderRules,
  responseHeaderKind,
} from '../../../proxy/data-plane/header-kinds.ts';

const kindName = (kind: number) => Object.entries(Kind).find(([, value]) => value === kind)![0];

test('rules for requests: nominated, hop-by-hop, spoofed, ours, then what we read', () => {
  assert.deepEqual(
    requestHeaderRules.map((rule) => rule.name),
    [
      'dropNominated',
      'takeHopByHop',
      'dropSpoofedRequest',
      'takeSaidToUpstreams',
      'readRequestFields',
      'pass',
    ],
  );
});

test('rules for answers: nominated, hop-by-hop, spoofed, ours, then what we read', () => {
  assert.deepEqual(
    answerHeaderRules.map((rule) => rule.name),
    ['dropNominated', 'takeHopByHop', 'dropSpoofedAnswer', 'dropSaidToClients', 'readAnswerFields', 'pass'],
  );
});

describe('of two rules that know a name the first one decides', () => {
  const every = new Set(['upgrade', 'te', 'x_forwarded_for', 'x-request-id', 'location', 'x-plain']);
  for (const [direction, rules] of Object.entries({ requestHeaderRules, answerHeaderRules })) {
    for (const name of every) {
      test(`${name}, nominated, is dropped by ${direction}`, () => {
        assert.equal(applyRules(rules, name, every), Kind.drop);
      });
    }
  }

  /** What each list says of a name when nothing is nominated. */
  const kinds: [name: string, inRequests: keyof typeof Kind, inAnswers: keyof typeof Kind][] = [
    ['connection', 'connection', 'connection'],
    ['upgrade', 'upgrade', 'upgrade'],
    ['transfer-encoding', 'transferEncoding', 'transferEncoding'],
    ['te', 'te', 'te'],
    ['proxy-authenticate', 'drop', 'drop'],
    ['proxy-authentication-info', 'drop', 'drop'],
    ['x_forwarded_for', 'drop', 'plain'],
    ['x.request.id', 'drop', 'plain'],
    ['ficus_shadow', 'drop', 'drop'],
    ['ficus-shadow', 'shadowMark', 'drop'],
    ['ficus-migration', 'drop', 'drop'],
    ['content_length', 'drop', 'drop'],
    ['transfer.encoding', 'drop', 'drop'],
    ['x-request-id', 'requestId', 'plain'],
    ['host', 'host', 'plain'],
    ['content-length', 'contentLength', 'contentLength'],
    ['expect', 'expect', 'plain'],
    ['location', 'plain', 'location'],
    ['set-cookie', 'plain', 'setCookie'],
    ['constructor', 'plain', 'plain'],
    ['__proto__', 'plain', 'plain'],
  ];
  for (const [name, inRequests, inAnswers] of kinds) {
    test(`${name} is ${inRequests} in requests, ${inAnswers} in answers`, () => {
      assert.equal(kindName(requestHeaderKind(name)), inRequests);
      assert.equal(kindName(responseHeaderKind(name.toUpperCase())), inAnswers);
      // The second time it is remembered.
      assert.equal(kindName(requestHeaderKind(name)), inRequests);
    });
  }
});

describe('nominations', () => {
  const ignored = [
    'Host, content-length',
    'Transfer-Encoding',
    'authorization,Cookie , set-cookie',
    'X-Forwarded-For, forwarded',
    'x-request-id, traceparent',
    'Ficus-Shadow, ficus-anything, Ficus_Force',
    'close, keep-alive, upgrade, connection, expect',
    ' , ,,',
  ];
  for (const value of ignored) {
    test(`${JSON.stringify(value)} nominates nothing`, () =>
      assert.equal(nominatedBy(value, undefined), undefined));
  }

  test('of several Connection lines are gathered', () => {
    const first = nominatedBy('close, X-A', undefined);
    assert.deepEqual([...nominatedBy('x-b , host', first)!], ['x-a', 'x-b']);
  });
});

test('names without number are not remembered without end, and long ones never', () => {
  for (let i = 0; i < 10_000; i++) requestHeaderKind(`x-flood-${i}`);
  assert.equal(requestHeaderKind(`X_Forwarded_For`), Kind.drop);
  assert.equal(requestHeaderKind('x'.repeat(100_000)), Kind.plain);
});
