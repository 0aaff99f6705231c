import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { differencesOf, placesIn, reasonOf } from './typed-answers.ts';

const html = 'text/html';
type Case = [what: string, monolith: string, service: string, places: string[]];

const cases: Case[] = [
  [
    'names in another case, attributes in another order',
    '<P ID=a CLASS="x">t</P>',
    '<p class="x" id="a">t</p>',
    [],
  ],
  ['classes in another order', '<p class="b a">', '<p class="a  b">', []],
  ['white space beside tags and in texts', '<div>\n <p> a\n b </p>\n</div>', '<div><p>a b</p></div>', []],
  ['comments and the doctype', '<!DOCTYPE html><!-- x --><p>a</p>', '<p>a</p>', []],
  ['void elements with and without a slash', '<br><img src=a>', '<br/><img src="a" />', []],
  ['boolean attributes', '<input disabled>', '<input disabled="disabled">', []],
  [
    'end tags that may be left out',
    '<ul><li>1<li>2</ul><p>a<p>b',
    '<ul><li>1</li><li>2</li></ul><p>a</p><p>b</p>',
    [],
  ],
  [
    'table rows without end tags',
    '<table><tr><td>1<td>2<tr><td>3</table>',
    '<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>',
    [],
  ],
  ['entities and characters', '<p>&uuml;&#8364;&amp;</p>', '<p>ü€&amp;</p>', []],
  ['another text', '<body><h1>Cart</h1></body>', '<body><h1>Basket</h1></body>', ['body:/body/h1 value']],
  ['another link', '<a href="/a">x</a>', '<a href="/b">x</a>', ['body:/a/@href value']],
  ['an item put in', '<ul><li>1<li>2<li>3</ul>', '<ul><li>0<li>1<li>2<li>3</ul>', ['body:/ul/li[1] extra']],
  ['an item moved', '<ul><li>1<li>2<li>3<li>4</ul>', '<ul><li>2<li>3<li>4<li>1</ul>', ['body:/ul order']],
  ['white space that people see', '<pre>a  b</pre>', '<pre>a b</pre>', ['body:/pre value']],
  ['white space in a script', '<script>a  b</script>', '<script>a b</script>', ['body:/script value']],
  [
    'what looks like markup in a script',
    '<script>"<p>"</script><p>1</p>',
    '<script>"<p>"</script><p>2</p>',
    ['body:/p value'],
  ],
  ['a paragraph that became a heading', '<p>a</p>', '<h2>a</h2>', ['body:/p missing', 'body:/h2 extra']],
];

describe('HTML bodies', () => {
  for (const [what, monolith, service, places] of cases) {
    it(`${what}: ${places.join(', ') || 'agree'}`, () => {
      assert.deepEqual(placesIn(html, monolith, service), places);
    });
  }

  it('a long text shows what is around the first character that differs', () => {
    const before = 'a'.repeat(5000);
    const [found] = differencesOf(html, `<p>${before}1</p>`, `<p>${before}2</p>`);
    assert.equal(found?.service, `…${'a'.repeat(60)}2`);
  });

  it('any text is read: broken tags cost nothing but their own place', () => {
    for (const odd of [
      '<',
      '< p',
      '<p',
      '<p a',
      '<p a="',
      '</',
      '</p',
      '<!--',
      '<script>',
      '<a b=c',
      '<<<',
      '&',
      '<p//>',
    ]) {
      assert.deepEqual(
        placesIn(html, `<i>x</i>${odd}`, `<i>x</i>${odd} `).filter((place) => place.includes('/i')),
        [],
        odd,
      );
    }
  });

  for (const [what, page] of [
    ['tags that nothing ends', '<div>'.repeat(100_000)],
    ['end tags of nothing', '</div>'.repeat(200_000)],
    ['open quotes', '<p a="'.repeat(200_000)],
    ['open comments', '<!--'.repeat(200_000)],
    ['less-than signs', '<'.repeat(400_000)],
    ['scripts without end', '<script>'.repeat(30_000)],
    ['list items', '<li>'.repeat(30_000)],
    ['spaces in a tag', `<p ${' '.repeat(1_000_000)}>`],
  ] as const) {
    it(`a page of many ${what} is done with in bounded time`, () => {
      const before = process.cpuUsage();
      reasonOf(html, page, '<p>x</p>');
      const { user, system } = process.cpuUsage(before);
      assert.ok(user + system < 5_000_000, `${(user + system) / 1000} ms`);
    });
  }
});
