import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AlignedRow } from '../../dashboard/src/differences/body/align-trees.ts';
import { changedParts } from '../../dashboard/src/differences/body/changed-part.ts';
import { findRows, nextOf } from '../../dashboard/src/differences/body/find-rows.ts';
import { foldRows } from '../../dashboard/src/differences/body/fold-rows.ts';
import type { Mark } from '../../dashboard/src/differences/body/mark-rows.ts';
import { sortSignatures } from '../../dashboard/src/differences/filter.ts';
import { rateBars, shareOf } from '../../dashboard/src/differences/hour-bars.ts';
import { nextStop, pairStops } from '../../dashboard/src/differences/pair-stops.ts';
import { decidedAbout, keyOf, toggled, toggledRange } from '../../dashboard/src/differences/selection.ts';
import { catalogSignatures, priceHours } from '../proxy/admin/sample-data.ts';

/** Equal rows, but for those named. */
function rowsWith(length: number, others: Record<number, Partial<AlignedRow>> = {}): AlignedRow[] {
  return Array.from({ length }, (_, line) => {
    const equal = {
      line,
      depth: 0,
      pointer: `/${line}`,
      monolith: `m${line}`,
      service: `m${line}`,
      isSame: true,
    };
    return { ...equal, ...others[line] };
  });
}
const marksAt = (length: number, ...at: number[]): Mark[] =>
  Array.from({ length }, (_, line) => (at.includes(line) ? 'own' : undefined));

describe('lines of two bodies', () => {
  test('Equal ones fold away, except near what differs and where a button would save nothing', () => {
    assert.deepEqual(foldRows(rowsWith(12), marksAt(12, 5)), [
      { from: 0, to: 2, isFolded: false },
      { from: 2, to: 9, isFolded: false },
      { from: 9, to: 12, isFolded: false },
    ]);
    assert.deepEqual(foldRows(rowsWith(30), marksAt(30, 10)), [
      { from: 0, to: 7, isFolded: true },
      { from: 7, to: 14, isFolded: false },
      { from: 14, to: 30, isFolded: true },
    ]);
  });

  test('One that is searched for is never folded away', () => {
    const folded = foldRows(rowsWith(30), marksAt(30), 20).filter(({ isFolded }) => isFolded);
    assert.deepEqual(folded, [
      { from: 0, to: 17, isFolded: true },
      { from: 24, to: 30, isFolded: true },
    ]);
  });

  test('Of something long that one side lacks the beginning stays', () => {
    const alone = { monolith: 'x', isSame: false };
    const rows = rowsWith(40).map((row) =>
      row.line < 5 ? row : { line: row.line, depth: 0, pointer: '/x', ...alone },
    );
    assert.deepEqual(foldRows(rows, marksAt(40, 5)).at(-1), { from: 18, to: 40, isFolded: true });
  });

  test('They are found on either side, in either case, round and round', () => {
    const rows = rowsWith(5, { 1: { monolith: '"Name": 1' }, 3: { service: '"name": 2' } });
    assert.deepEqual(findRows(rows, ' NAME '), [1, 3]);
    assert.deepEqual(findRows(rows, ' '), []);
    assert.deepEqual([nextOf([1, 3], 1, 1), nextOf([1, 3], 3, 1), nextOf([1, 3], 1, -1)], [3, 1, 3]);
    assert.equal(nextOf([], undefined, 1), undefined);
  });

  test('What changed in a line is a whole number or word, and of a very long one only what is near to it', () => {
    assert.deepEqual(changedParts('"price": 12.35,', '"price": 12.34,'), [
      { before: '"price": ', changed: '12.35', after: ',' },
      { before: '"price": ', changed: '12.34', after: ',' },
    ]);
    assert.deepEqual(changedParts('a, b', 'a, b, c')[0], { before: 'a, ', changed: 'b', after: '' });
    const [long] = changedParts(`${'x '.repeat(9_000)}1`, `${'x '.repeat(9_000)}2`);
    assert.deepEqual([long.before.length, long.before[0], long.changed], [401, '…', '1']);
    const hidden = '‹redacted:0011aabb›';
    assert.equal(changedParts(`"${hidden}"`, '"‹redacted:0011aabc›"')[0].changed, hidden);
  });
});

describe('places to jump to', () => {
  const at = (place: string, signature: string) => ({
    place,
    pattern: place,
    kind: 'value' as const,
    signature,
  });
  const differences = [
    at('body:/a', 'own'),
    at('header:vary', 'other'),
    at('header:set-cookie/sid/path', 'other'),
    at('header:set-cookie/sid/value', 'own'),
    at('status', 'other'),
  ];

  test('They go from the status over the headers to the lines, each once', () => {
    const stops = pairStops({ differences }, 'own', [undefined, 'other', 'allowed', 'own']);
    assert.deepEqual(
      stops.map(({ id, isOwn }) => (isOwn ? `${id}!` : id)),
      ['status', 'header:set-cookie!', 'header:vary', 'row:1', 'row:3!'],
    );
  });

  test('The first jump leads to the signature that is looked at, the others go round', () => {
    const stops = pairStops({ differences }, 'own', ['own']);
    assert.equal(nextStop(stops, undefined, 1)?.id, 'header:set-cookie');
    assert.equal(nextStop(stops, 'row:0', 1)?.id, 'status');
    assert.equal(nextStop(stops, 'status', -1)?.id, 'row:0');
    assert.equal(nextStop([], undefined, 1), undefined);
  });
});

describe('a list of signatures', () => {
  const [price, description, header] = catalogSignatures as [
    (typeof catalogSignatures)[0],
    (typeof catalogSignatures)[0],
    (typeof catalogSignatures)[0],
  ];
  const places = (...args: Parameters<typeof sortSignatures>) =>
    sortSignatures(...args).map(({ place }) => place);

  test('What matters comes first over all migrations; noise last, however often it shows', () => {
    const fresh = { ...description, place: 'body:/new', trend: 'new' as const };
    const bigger = { ...price, place: 'body:/bigger', pairs: 5_000 };
    assert.deepEqual(places([header, description, price, bigger, fresh], undefined), [
      fresh.place,
      bigger.place,
      price.place,
      description.place,
      header.place,
    ]);
  });

  test('It is sorted as asked for', () => {
    const all = [price, description, header];
    assert.deepEqual(places(all, 'pairs')[0], header.place);
    assert.deepEqual(places(all, 'first')[0], description.place);
    assert.deepEqual(places(all, 'place').at(-1), header.place);
  });

  test('Shift ticks all between the last one and this, or none of them', () => {
    const shown = ['a', 'b', 'c', 'd'];
    const three = toggledRange(new Set(['d']), shown, 'd', 'b');
    assert.deepEqual([...three].sort(), ['b', 'c', 'd']);
    assert.deepEqual([...toggledRange(three, shown, 'c', 'd')], ['b']);
    assert.deepEqual([...toggledRange(new Set(), shown, 'gone', 'b')], ['b']);
    assert.deepEqual([...toggled(new Set(['a']), 'a')], []);
  });

  test('What is ticked is judged, else the one somebody is at; nothing that is filtered away', () => {
    const shown = [price, description];
    const ticked = new Set([keyOf(description), keyOf(header)]);
    assert.deepEqual(decidedAbout(shown, ticked, keyOf(price)), [description]);
    assert.deepEqual(decidedAbout(shown, new Set(), keyOf(price)), [price]);
    assert.deepEqual(decidedAbout(shown, new Set(), undefined), []);
  });
});

describe('a rate over time', () => {
  test('Hours of several builds are added up, an hour without pairs is a gap', () => {
    const [first, , third] = priceHours as [(typeof priceHours)[0], unknown, (typeof priceHours)[0]];
    const { unit, bars, highest } = rateBars([first, third, { ...third, serviceBuild: '1.2.1' }]);
    assert.equal(unit, 'hour');
    assert.deepEqual(bars[1], undefined);
    const { builds, pairs, routePairs, own, ownAsked } = bars[2]!;
    assert.deepEqual([builds, pairs, routePairs, own, ownAsked], [['1.2.0', '1.2.1'], 760, 5_200, 2, 260]);
    assert.equal(highest, shareOf(bars[2]!));
  });

  test('Of more than three days the days are shown', () => {
    const later = { ...priceHours[0]!, hour: '2026-11-27T08:00:00.000Z' };
    const { unit, bars } = rateBars([...priceHours, later]);
    assert.equal(unit, 'day');
    assert.equal(bars.filter((bar) => bar !== undefined).length, 2);
    assert.equal(bars.length, 8);
  });

  test('Nothing was counted, there are no bars', () => {
    assert.deepEqual(rateBars([]), { unit: 'hour', bars: [], highest: 0 });
  });
});
