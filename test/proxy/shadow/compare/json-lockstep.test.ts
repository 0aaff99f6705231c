import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CompareRules } from '../../../../proxy/routing/model.ts';
import { compareAnswers, comparePair, readPair } from '../../../../proxy/shadow/compare/compare-pair.ts';
import { defaultCompareLimits } from '../../../../proxy/shadow/compare/limits.ts';
import type { Pair } from '../../../../proxy/shadow/pair.ts';
import { jsonAnswer, jsonPlaces, pairOf, settingsOf } from '../sample-pair.ts';
import { type Json, randomDocument, seeded } from './random-documents.ts';

/** `place kind` of what comparing finds, by walking in step where that goes, and by reading both as a whole. */
function bothWays(
  pair: Pair,
  rules: Partial<CompareRules>,
): [inStep: string[] | string, whole: string[] | string] {
  const settings = settingsOf(rules);
  const named = (differences: readonly { place: string; kind: string }[]) =>
    differences.map(({ place, kind }) => `${place} ${kind}`).toSorted();
  const found = comparePair(pair, settings);
  const read = readPair(pair, defaultCompareLimits);
  return [
    found.outcome === 'compared' ? named(found.differences) : found.reason,
    read.ok ? named(compareAnswers(pair, read.monolith, read.service, settings)) : read.reason,
  ];
}

/** Changes some places of a document, in ways that mostly leave its shape. */
function changed(value: Json, random: (below: number) => number): Json {
  if (random(12) === 0) {
    const others: Json[] = [null, true, 'other "text" ü', 17.5, [], {}, [1, { a: 2 }], { a: [1] }];
    return others[random(others.length)]!;
  }
  if (Array.isArray(value)) {
    const elements = value.map((each) => changed(each, random));
    if (random(8) === 0) elements.splice(random(elements.length + 1), random(2), 'put in');
    if (random(8) === 0) elements.push(elements.shift() ?? 0);
    return elements;
  }
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).map(([key, each]) => [key, changed(each, random)] as const);
  if (random(10) === 0) members.splice(random(members.length), 1);
  if (random(10) === 0) members.splice(random(members.length), 0, ['fresh', 1]);
  return Object.fromEntries(members);
}

const rules: Partial<CompareRules> = {
  ignore: ['body:/first/fa', 'body:/second/*/fb'],
  unordered: [{ at: 'body:/second', key: undefined }],
  tolerate: [{ at: 'body:/third/inner', within: 3 }],
};

describe('JSON walked in step on both sides', () => {
  it('finds what comparing the whole finds, under rules and without', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = seeded(seed);
      const monolith = randomDocument(random);
      const service = changed(monolith, random);
      const sent = [JSON.stringify(monolith), JSON.stringify(service, null, seed % 5 === 0 ? 1 : 0)] as const;
      const pair = pairOf(jsonAnswer(sent[0]), jsonAnswer(sent[1]));
      for (const which of [{}, rules]) {
        const [inStep, whole] = bothWays(pair, which);
        assert.deepEqual(inStep, whole, `seed ${seed}: ${sent.join(' ')}`);
      }
    }
  });

  it('takes for JSON what is JSON, and nothing else, wherever it breaks', () => {
    const text = '{"a":[1,-2.5e3,"x\\u00e9\\n",true],"b":{"c":null,"d":[]},"e":"ü"}';
    for (let at = 0; at < text.length; at++) {
      for (const broken of [
        text.slice(0, at),
        `${text.slice(0, at)}\u0001${text.slice(at)}`,
        `${text.slice(0, at)}]${text.slice(at + 1)}`,
      ]) {
        for (const other of [text, text.replace('-2.5e3', '7'), `${broken} `]) {
          const [inStep, whole] = bothWays(pairOf(jsonAnswer(broken), jsonAnswer(other)), {});
          assert.deepEqual(inStep, whole, `${broken} and ${other}`);
        }
      }
    }
  });

  const differing: readonly [what: string, monolith: string, service: string, places: string[]][] = [
    ['a number that goes on', '{"a":1,"b":2}', '{"a":12,"b":2}', ['body:/a value']],
    ['a text that ends sooner', '["abc"]', '["ab"]', ['body:/0 value']],
    ['a word in place of a text', '{"a":"x","b":1}', '{"a":true,"b":1}', ['body:/a type']],
    ['an escape for a letter', '{"a":"A","b":1}', '{"a":"\\u0041","b":2}', ['body:/b value']],
    ['other white space here and there', '{"a": 1,\n"b":[1, 2]}', '{"a":1,"b":[1,2]}', []],
    ['a key with an escape', '{"k\\u0065y":1}', '{"key":2}', ['body:/key value']],
    ['a number alone', '1', '12', ['body: value']],
    ['a key given twice on both sides', '{"a":1,"a":2}', '{"a":1,"a":3}', ['body:/a value']],
    ['text behind the value', '{"a":1} x', '{"a":1} y', ['body: value']],
  ];
  for (const [what, monolith, service, places] of differing) {
    it(`${what}: ${places.join(', ') || 'agree'}`, () => {
      assert.deepEqual(jsonPlaces(monolith, service), places);
    });
  }

  it('two of many similar elements swapped are one order, though each has most fields of the other', () => {
    const items = Array.from({ length: 20 }, (_, at) => ({ id: `id-${at}`, a: 1, b: 2, c: 3, d: 4, e: 5 }));
    const swapped = items.with(3, items[9]!).with(9, items[3]!);
    assert.deepEqual(jsonPlaces({ items }, { items: swapped }), ['body:/items order']);
  });
});
