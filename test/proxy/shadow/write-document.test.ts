import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultCompareLimits as limits } from '../../../proxy/shadow/compare/limits.ts';
import { parseHtml } from '../../../proxy/shadow/compare/parse-html.ts';
import { parseXml } from '../../../proxy/shadow/compare/parse-xml.ts';
import { readEventStream, writeEventStream } from '../../../proxy/shadow/compare/read-event-stream.ts';
import { encodeForm, readForm } from '../../../proxy/shadow/compare/read-form.ts';
import { writeJson } from '../../../proxy/shadow/compare/write-json.ts';
import { writeDocument } from '../../../proxy/shadow/write-document.ts';

describe('what was read is written so that it reads the same', () => {
  for (const text of [
    '<a/>',
    '<s:E xmlns:s="urn:s" s:k="1"><s:B x="a&#10;b&quot;"><c>1 &lt; 2 &amp; 3&#13;</c></s:B></s:E>',
    '<a xmlns="u"><b xmlns="">t</b><c xml:space="preserve"> <d/> </c></a>',
    '<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:x="urn:x" i:type="x:t">1</a>',
  ]) {
    it(text, () => {
      const first = parseXml(text, limits);
      assert.ok(first.ok);
      const written = writeDocument(first.root, 'xml');
      assert.deepEqual(parseXml(written, limits), first, written);
    });
  }
  for (const text of [
    '<!doctype html><title>a &amp; b</title><p class="b a">x<br>y<b>z</b></p><input disabled value=\'"\'>',
    '<script>if (a < b && c) "<p>"</script><pre> a\n  b </pre><textarea>&lt;x&gt;</textarea>',
    '<ul><li>1<li>2</ul><table><tr><td>1<td>2</table>',
  ]) {
    it(text, () => {
      const first = parseHtml(text, limits);
      assert.ok(first.ok);
      const written = writeDocument(first.root, 'html');
      assert.deepEqual(parseHtml(written, limits), first, written);
    });
  }
  it('a form', () => {
    const form = readForm('a=1&b=x+y%26&b=%C3%BC&c', 10)!;
    assert.equal(encodeForm(form), 'a=1&b=x+y%26&b=%C3%BC&c=');
    assert.deepEqual(readForm(encodeForm(form), 10), form);
  });
  it('an event stream', () => {
    const text = 'event: a\ndata: x\ndata: y\n\nid: 7\ndata: {"n":1.0}\n\n';
    const read = readEventStream(text, limits);
    assert.ok(read.ok);
    assert.equal(
      writeEventStream(read.value, (value) => writeJson(value, 'line', 1000)),
      text,
    );
  });
});
