import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CompareRules } from '../../../../proxy/routing/model.ts';
import { differencesOf, placesIn, reasonOf } from './typed-answers.ts';

const soap = 'application/soap+xml';
type Case = [
  what: string,
  monolith: string,
  service: string,
  places: string[],
  rules?: Partial<CompareRules>,
];

const items = (...names: string[]) =>
  `<a>${names.map((name) => `<item id="${name}"><n>${name}</n></item>`).join('')}</a>`;

const cases: Case[] = [
  ['other prefixes for the same namespaces', '<s:E xmlns:s="u"><s:B/></s:E>', '<E xmlns="u"><B/></E>', []],
  [
    'another namespace',
    '<E xmlns="u"><B/></E>',
    '<E xmlns="v"><B/></E>',
    ['body:/E/@xmlns value', 'body:/E/B/@xmlns value'],
  ],
  ['attributes in another order', '<a x="1" y="2"/>', "<a y='2' x='1'></a>", []],
  [
    'comments, instructions and declarations',
    '<?xml version="1.0"?><!-- c --><a><?pi?>t</a>',
    '<a>t</a>',
    [],
  ],
  ['white space between elements', '<a>\n  <b>1</b>\n</a>', '<a><b>1</b></a>', []],
  [
    'white space that counts',
    '<a xml:space="preserve"> <b/></a>',
    '<a xml:space="preserve"><b/></a>',
    ['body:/a/#text missing'],
  ],
  ['CDATA and entities', '<a><![CDATA[x<y]]>&amp;&#233;</a>', '<a>x&lt;y&#38;é</a>', []],
  ['line ends of two systems', '<a>x\r\ny</a>', '<a>x\ny</a>', []],
  [
    'a type with another prefix',
    '<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:x="urn:x" i:type="x:t"/>',
    '<a xmlns:j="http://www.w3.org/2001/XMLSchema-instance" xmlns:y="urn:x" j:type="y:t"/>',
    [],
  ],
  [
    'another text',
    '<E><B><R><total>1</total></R></B></E>',
    '<E><B><R><total>2</total></R></B></E>',
    ['body:/E/B/R/total value'],
  ],
  ['another attribute', '<a x="1"/>', '<a x="2"/>', ['body:/a/@x value']],
  ['an attribute the service lacks', '<a x="1"/>', '<a/>', ['body:/a/@x missing']],
  ['an element the service lacks', '<a><b/><c/></a>', '<a><b/></a>', ['body:/a/c missing']],
  ['an element the monolith lacks', '<a><b/></a>', '<a><b/><c/></a>', ['body:/a/c extra']],
  ['another root', '<a/>', '<b/>', ['body:/a missing', 'body:/b extra']],
  ['elements swapped', '<a><b/><c/></a>', '<a><c/><b/></a>', ['body:/a order']],
  ['one item put in', items('1', '2', '3'), items('1', 'x', '2', '3'), ['body:/a/item[2] extra']],
  ['one item moved', items('1', '2', '3', '4'), items('2', '3', '4', '1'), ['body:/a order']],
  [
    'one of several items changed',
    items('1', '2', '3'),
    items('1', '2', '3').replace('<n>2', '<n>9'),
    ['body:/a/item[2]/n value'],
  ],
  ['text between elements', '<p>a<b/>c</p>', '<p>a<b/>d</p>', ['body:/p/#text value']],
  ['an ignored element', '<a><b>1</b><c/></a>', '<a><b>2</b><c/></a>', [], { ignore: ['body:/a/b'] }],
  [
    'an ignored attribute of every item',
    items('1', '2'),
    items('1', '3').replace('<n>3', '<n>2'),
    [],
    { ignore: ['body:/a/item/@id'] },
  ],
  [
    'a tolerated number',
    '<a><b>1.00</b></a>',
    '<a><b>1.01</b></a>',
    [],
    { tolerate: [{ at: 'body:/a/b', within: 0.02 }] },
  ],
  [
    'items in any order',
    items('1', '2', '3'),
    items('3', '1', '2'),
    [],
    { unordered: [{ at: 'body:/a', key: '/@id' }] },
  ],
  [
    'items in any order, one changed',
    items('1', '2'),
    items('2', '1').replace('<n>1', '<n>9'),
    ['body:/a/item[1]/n value'],
    { unordered: [{ at: 'body:/a', key: '/@id' }] },
  ],
];

describe('XML bodies', () => {
  for (const [what, monolith, service, places, rules] of cases) {
    it(`${what}: ${places.join(', ') || 'agree'}`, () => {
      assert.deepEqual(placesIn(soap, monolith, service, rules), places);
    });
  }

  it('siblings of one name have one signature', () => {
    const of = (changed: string) =>
      differencesOf(soap, items('1', '2', '3'), items('1', '2', '3').replace(`<n>${changed}`, '<n>9'))[0];
    assert.equal(of('1')?.pattern, 'body:/a/item/n');
    assert.equal(of('1')?.signature, of('3')?.signature);
  });

  it('a DOCTYPE is refused, so that no entity is expanded', () => {
    const bomb = '<!DOCTYPE a [<!ENTITY b "xxxxxxxx"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>';
    assert.equal(reasonOf(soap, bomb, '<a/>'), 'monolith XML with a DOCTYPE is not read');
  });

  for (const [what, broken] of [
    ['an end tag of another element', '<a><b></a></b>'],
    ['no end', '<a><b>'],
    ['two roots', '<a/><b/>'],
    ['an unknown entity', '<a>&nbsp;</a>'],
    ['an attribute twice', '<a x="1" x="2"/>'],
    ['a prefix of no namespace', '<p:a/>'],
    ['no markup', 'text'],
  ] as const) {
    it(`what is not XML (${what}) is bytes, and says where it breaks`, () => {
      const [found] = differencesOf(soap, '<a/>', broken);
      assert.equal(found?.kind, 'type');
      assert.match(found?.service ?? '', /^not XML \(line 1, column \d+: /);
    });
  }

  it('100,000 levels are too deep, 210,000 elements too many', () => {
    const deep = '<a>'.repeat(100_000) + '</a>'.repeat(100_000);
    assert.equal(reasonOf(soap, deep, '<a/>'), 'monolith too deep: over 200 levels of markup');
    const many = `<a>${'<b/>'.repeat(210_000)}</a>`;
    assert.equal(reasonOf(soap, '<a/>', many), 'service too large: over 200000 nodes of markup');
  });

  it('20,000 equal elements and one more are one difference', () => {
    const many = (count: number) => `<a>${'<b>x</b>'.repeat(count)}</a>`;
    assert.deepEqual(placesIn(soap, many(20_000), many(20_001)), ['body:/a/b[20001] extra']);
  });
});
