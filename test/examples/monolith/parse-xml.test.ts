import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseXml, XmlError } from '../../../examples/monolith/soap/parse-xml.ts';

test('elements, attributes and text are read, with the namespaces of their prefixes', () => {
  const root = parseXml(
    `<?xml version="1.0"?>
<!-- a > b --><a:one xmlns:a="urn:a" xmlns="urn:default" plain='1' a:own="&lt;2&gt;">
  <two>x &amp; &#228;&#xE4;</two><two xmlns=""><![CDATA[<raw> & ]]></two><a:empty/>
</a:one>`,
  );
  assert.deepEqual([root.name, root.namespace], ['one', 'urn:a']);
  assert.equal(root.attributes.get('plain'), '1');
  assert.equal(root.attributes.get('{urn:a}own'), '<2>');
  assert.deepEqual(
    root.children.map(({ name, namespace, text }) => [name, namespace, text]),
    [
      ['two', 'urn:default', 'x & ää'],
      ['two', '', '<raw> & '],
      ['empty', 'urn:a', ''],
    ],
  );
});

for (const [source, message] of [
  ['', /ends too early/],
  ['<a><b></b>', /ends too early/],
  ['<a></b>', /<\/b> closes nothing/],
  ['<a/><b/>', /follows the root/],
  ['<a/>text', /outside of the root/],
  ['<a', /Malformed XML at character 0/],
  ['<a b=1/>', /Malformed/],
  ['<a>&nbsp;</a>', /&nbsp; is no reference/],
  ['<a>& b</a>', /is no reference/],
  ['<a>&#0;</a>', /is no reference/],
  ['<x:a/>', /Prefix x stands for no namespace/],
  ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', /Malformed XML at character 0/],
  ['<a>'.repeat(60) + '</a>'.repeat(60), /more than 50 deep/],
] as const) {
  test(`${source.slice(0, 40)}: refused`, () => {
    assert.throws(
      () => parseXml(source),
      (error) => error instanceof XmlError && message.test(error.message),
    );
  });
}

test('long hostile input is refused quickly', () => {
  for (const source of [
    `<a ${'b="" '.repeat(20_000)}`,
    '<a '.repeat(20_000),
    `<a${' '.repeat(60_000)}`,
    '<!--'.repeat(15_000),
  ]) {
    const start = performance.now();
    assert.throws(() => parseXml(source), XmlError);
    assert.ok(performance.now() - start < 500, `${source.slice(0, 10)} took ${performance.now() - start} ms`);
  }
});
