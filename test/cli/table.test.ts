import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Column, renderTable } from '../../cli/table.ts';
import { wrapText } from '../../cli/wrap-text.ts';

interface Row {
  readonly id: string;
  readonly note: string;
  readonly extra: string;
}

const columns: readonly Column<Row>[] = [
  { title: 'ID', cell: ({ id }) => id },
  { title: 'NOTE', wrapTo: 10, cell: ({ note }) => note },
  { title: 'EXTRA', aside: 'extra', align: 'right', cell: ({ extra }) => extra },
];
const row: Row = { id: 'catalog', note: 'one two three four', extra: '12' };
const render = (width: number | undefined) =>
  renderTable(columns, [row], { width, paint: (_style, text) => text });

test('with room for everything each row is one line', () => {
  assert.equal(render(undefined), 'ID       NOTE                EXTRA\ncatalog  one two three four     12');
});

test('with less room texts are wrapped', () => {
  assert.equal(render(30), 'ID       NOTE            EXTRA\ncatalog  one two three      12\n         four');
});

test('with too little room what may stand aside moves below its row', () => {
  assert.equal(render(24), 'ID       NOTE\ncatalog  one two three\n         four\n    extra: 12');
});

test('a column that is never wrapped keeps its width even if it does not fit', () => {
  assert.match(render(5), /^ID {7}NOTE\ncatalog {2}one two\n/);
});

test('texts break at spaces, long words after a slash, and words without one anywhere', () => {
  assert.deepEqual(wrapText('GET /api/products/{id} now', 14), ['GET', '/api/products/', '{id} now']);
  assert.deepEqual(wrapText('abcdefghij', 4), ['abcd', 'efgh', 'ij']);
  assert.deepEqual(wrapText('', 4), ['']);
});

test('a character outside the basic plane counts as one and is not cut in half', () => {
  assert.deepEqual(wrapText('😀😀😀', 2), ['😀😀', '😀']);
});
