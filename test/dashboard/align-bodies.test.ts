import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { markRows } from '../../dashboard/src/differences/body/mark-rows.ts';
import { cutSentence, noteOf, readBodies } from '../../dashboard/src/differences/body/read-bodies.ts';
import { type Answered, aligned, compared } from './compared-bodies.ts';

const json = (body: string) => ({ headers: ['Content-Type', 'application/json'], body });

/** `monolith | service`, with `!` before what is not the same. */
function shown(monolith: string, service: string): string[] {
  const { rows } = aligned({ monolith: json(monolith), service: json(service) }).aligned;
  return rows.map(
    ({ depth, monolith: left = '', service: right = '', isSame }) =>
      `${isSame ? '' : '!'}${' '.repeat(depth)}${left} | ${right}`,
  );
}

describe('JSON bodies side by side', () => {
  test('Equal names stand beside each other whatever their order, what one side lacks has an empty place', () => {
    assert.deepEqual(shown('{"a":1,"b":null}', '{"c":true,"a":1}'), [
      '{ | {',
      ' "a": 1, | "a": 1,',
      '! "b": null, | ',
      '!  | "c": true',
      '} | }',
    ]);
  });

  test('An element was put in, the others stay beside their like', () => {
    assert.deepEqual(
      shown('[{"id":1,"n":"a"},{"id":2,"n":"b"}]', '[{"id":9,"n":"x"},{"id":1,"n":"a"},{"id":2,"n":"c"}]'),
      [
        '[ | [',
        '!  | {',
        '!   | "id": 9,',
        '!   | "n": "x"',
        '!  | },',
        ' { | {',
        '  "id": 1, | "id": 1,',
        '  "n": "a" | "n": "a"',
        ' }, | },',
        ' { | {',
        '  "id": 2, | "id": 2,',
        '!  "n": "b" | "n": "c"',
        ' } | }',
        '] | ]',
      ],
    );
  });

  test('Numbers keep every digit, and are unequal when they are written otherwise', () => {
    assert.deepEqual(shown('[1.10,12345678901234567890]', '[1.1,12345678901234567891]'), [
      '[ | [',
      '! 1.10, | 1.1,',
      '! 12345678901234567890 | 12345678901234567891',
      '] | ]',
    ]);
  });

  test('An object stands against a list, what is in either is shown below', () => {
    assert.deepEqual(shown('{"a":{"b":1}}', '{"a":[2]}'), [
      '{ | {',
      '! "a": { | "a": [',
      '!  "b": 1 | ',
      '!   | 2',
      '! } | ]',
      '} | }',
    ]);
  });

  test('Names that JavaScript knows itself are names as any', () => {
    assert.deepEqual(shown('{"__proto__":1,"constructor":2}', '{}'), [
      '!{ | {}',
      '! "__proto__": 1, | ',
      '! "constructor": 2 | ',
      '!} | ',
    ]);
  });

  test('A hidden number stands bare in what is stored, a name given twice has its note: both are read', () => {
    const [, line] = shown('{\n  "card": ‹redacted:00112233›\n}', '{\n  "card": ‹redacted:00112233›\n}');
    assert.equal(line, ' "card": ‹redacted:00112233› | "card": ‹redacted:00112233›');
    const twice = compared({ body: '{"a":1,"a":2}' }, { body: '{"a":1,"a":3}' });
    const { rows } = aligned(twice).aligned;
    assert.deepEqual(
      rows.filter(({ isSame }) => !isSame).map((row) => [row.monolith, row.service]),
      [['2', '3']],
    );
    assert.match(rows[1]?.monolith ?? '', /^"a": <2 times> \[$/);
  });

  test('Both were cut when they were stored, what is there is aligned and it is said', () => {
    const items = (price: number) =>
      JSON.stringify(Array.from({ length: 4_000 }, (_, id) => ({ id, price: id % 3_000 === 7 ? price : 1 })));
    const pair = compared({ body: items(1) }, { body: items(2) });
    const read = aligned(pair);
    assert.ok(read.isCut);
    assert.match(cutSentence(pair.monolith.body) ?? '', /^Only its first 65,536 characters were stored\./);
    const { marks, unseen } = markRows(
      read.aligned.rows,
      pair.differences,
      pair.differences[0]!.signature,
      read.isCut,
    );
    assert.equal(unseen, 1);
    assert.deepEqual(
      read.aligned.rows.filter((_, index) => marks[index] === 'own').map(({ pointer }) => pointer),
      ['/7/price'],
    );
  });

  test('A megabyte on each side is aligned in a moment', () => {
    const body = (salt: number) =>
      JSON.stringify(
        Array.from({ length: 9_000 }, (_, id) => ({
          id,
          name: `product ${id}`,
          tags: ['a', 'b'],
          at: id % 500 === 7 ? salt : 0,
          note: 'x'.repeat(40),
        })),
      );
    const before = process.cpuUsage();
    const read = aligned({ monolith: json(body(1)), service: json(body(2)) });
    assert.equal(read.aligned.areAll, false);
    // 0.3 s once the code is warm.
    assert.ok(process.cpuUsage(before).user < 3_000_000);
  });
});

describe('a difference that the comparer found', () => {
  const html = (body: string): Answered => ({ type: 'text/html; charset=utf-8', body });
  const xml = (body: string): Answered => ({ type: 'application/soap+xml', body });
  const text = (body: string): Answered => ({ type: 'text/plain', body });
  const many = (n: number) => JSON.stringify({ items: Array.from({ length: n }, (_, id) => ({ id })) });
  const places: readonly [name: string, monolith: Answered, service: Answered, rows: string[]][] = [
    [
      'a value in JSON',
      { body: '{"a/b":[{"x":1},2]}' },
      { body: '{"a/b":[{"x":3},2]}' },
      ['/a~1b/0/x: "x": 1 → "x": 3'],
    ],
    ['a JSON document that is one value', { body: '"a"' }, { body: '"b"' }, [': "a" → "b"']],
    ['a missing member', { body: '{"a":{"b":1},"c":2}' }, { body: '{"c":2}' }, ['/a: "a": { → ']],
    ['an element more', { body: '[1,2,3]' }, { body: '[1,9,2,3]' }, ['/1:  → 9,']],
    ['another type', { body: '{"a":1}' }, { body: '{"a":"1"}' }, ['/a: "a": 1 → "a": "1"']],
    [
      'another order',
      { body: '{"l":["a","b","c","d"]}' },
      { body: '{"l":["b","c","d","a"]}' },
      ['/l/0: "a", → "a",'],
    ],
    ['many elements less', { body: many(20) }, { body: many(4) }, ['/items: "items": [ → "items": [']],
    [
      'lines of JSON',
      { type: 'application/x-ndjson', body: '{"a":1}\n{"a":2}' },
      { type: 'application/x-ndjson', body: '{"a":1}\n{"a":3}' },
      ['/1/a: "a": 2 → "a": 3'],
    ],
    [
      'an event',
      { type: 'text/event-stream', body: 'event: x\ndata: {"a":1}\n\n' },
      { type: 'text/event-stream', body: 'event: y\ndata: {"a":1}\n\n' },
      ['/0/event: "event": "x", → "event": "y",'],
    ],
    [
      'a field of a form',
      { type: 'application/x-www-form-urlencoded', body: 'a=1&b=2' },
      { type: 'application/x-www-form-urlencoded', body: 'a=1&b=3' },
      ['/b: b=2 → b=3'],
    ],
    [
      'an element of XML',
      xml('<e:E xmlns:e="u"><e:i id="1">a</e:i><e:i id="2">b</e:i></e:E>'),
      xml('<E xmlns="u"><i id="1">a</i><i id="2">c</i></E>'),
      ['/E/i[2]: <i id="2">b</i> → <i id="2">c</i>'],
    ],
    [
      'an attribute of XML',
      xml('<a><b c="1"/></a>'),
      xml('<a><b c="2"/></a>'),
      ['/a/b: <b c="1"/> → <b c="2"/>'],
    ],
    ['an element that XML lacks', xml('<a><b>1</b><c/></a>'), xml('<a><c/></a>'), ['/a/b: <b>1</b> → ']],
    [
      'a text of HTML',
      html('<!doctype html><p>Hello <b>you</b> there<br></p>'),
      html('<p>Hello <b>you</b> here<br></p>'),
      ['/p/#text: there → here'],
    ],
    [
      'a script of HTML',
      html('<script>if (a < b) x()</script>'),
      html('<script>if (a < c) x()</script>'),
      ['/script: <script>if (a &lt; b) x()</script> → <script>if (a &lt; c) x()</script>'],
    ],
    ['a line of text', text('a\nb\nc'), text('a\nx\nc'), ['/1: b → x']],
    ['a line that was put in', text('a\nb'), text('a\nn\nb'), ['/1:  → n']],
    ['a line that moved', text('a\nb\nc\nd'), text('b\nc\nd\na'), ['/0: a → a']],
    ['no body', { body: '' }, { body: '{"a":1}' }, [':  → {']],
  ];
  for (const [name, monolith, service, rows] of places) {
    test(`${name} is marked in its line`, () => {
      const pair = compared(monolith, service);
      assert.ok(pair.differences.length > 0);
      const { aligned: lines, isCut } = aligned(pair);
      const { marks } = markRows(lines.rows, pair.differences, pair.differences[0]!.signature, isCut);
      assert.deepEqual(
        lines.rows
          .filter((_, index) => marks[index] === 'own')
          .map((row) => `${row.pointer}: ${row.monolith ?? ''} → ${row.service ?? ''}`),
        rows,
      );
      assert.ok(!marks.includes('allowed'));
    });
  }

  test('What a rule allows is told from what differs, and another signature from the own one', () => {
    const rules = { ignore: [], unordered: [], tolerate: [{ at: 'body:/price' as const, within: 1 }] };
    const pair = compared({ body: '{"price":1,"a":1,"b":1}' }, { body: '{"price":2,"a":2,"b":2}' }, rules);
    const { rows } = aligned(pair).aligned;
    const { marks } = markRows(rows, pair.differences, pair.differences[1]!.signature, false);
    assert.deepEqual(marks, [undefined, 'allowed', 'other', 'own', undefined]);
  });

  test('It stands where no line does, the nearest line around it has the mark', () => {
    const key = 'k'.repeat(300);
    const pair = compared({ body: `{"in":{"${key}":1}}` }, { body: `{"in":{"${key}":2}}` });
    const { rows } = aligned(pair).aligned;
    const { marks } = markRows(rows, pair.differences, pair.differences[0]!.signature, false);
    assert.equal(rows[marks.indexOf('own')]?.pointer, '/in');
  });
});

describe('bodies that there are no lines of', () => {
  test('What stands in the place of a body is said in a sentence', () => {
    assert.equal(
      noteOf('<1048577 bytes, not kept: over 1048576 bytes>'),
      '1,048,577 bytes, not kept: over 1048576 bytes.',
    );
    assert.equal(noteOf('<9 bytes, not read: not valid gzip>'), '9 bytes, not read: not valid gzip.');
    const image = compared({ type: 'image/png', body: Buffer.alloc(600) }, { type: 'image/png', body: 'x' });
    assert.match(
      noteOf(image.monolith.body) ?? '',
      /^image\/png, 600 bytes, compared as bytes; their digest is [0-9a-f]{12}\.$/,
    );
    assert.equal(noteOf('<p>12 bytes, not kept</p>'), undefined);
    assert.equal(readBodies(image.monolith, image.service).form, undefined);
  });

  test('The two are of different types, they are not set side by side', () => {
    const pair = compared({ body: '{"a":1}' }, { type: 'text/html', body: '<p>Oops</p>' });
    const read = readBodies(pair.monolith, pair.service);
    assert.match(read.form === undefined ? read.why : '', /different types/);
  });
});
