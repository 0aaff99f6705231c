import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jsonPlaces } from '../sample-pair.ts';
import { type Json, randomDocument, seeded } from './random-documents.ts';

interface Container {
  readonly place: string;
  readonly value: Json[] | { [key: string]: Json };
}

function containersIn(value: Json, place: string): Container[] {
  if (value === null || typeof value !== 'object') return [];
  const inner = Object.entries(value).flatMap(([key, each]) => containersIn(each, `${place}/${key}`));
  return [{ place, value }, ...inner];
}

/** Changes one thing in the document; returns how the difference must read. */
function mutate(document: { [key: string]: Json }, random: (below: number) => number): string {
  const containers = containersIn(document, 'body:');
  const { place, value } = containers[random(containers.length)] as Container;
  if (!Array.isArray(value)) {
    const keys = Object.keys(value);
    const key = keys[random(keys.length)] as string;
    switch (random(3)) {
      case 0:
        value['fresh'] = 'fresh';
        return `${place}/fresh extra`;
      case 1:
        delete value[key];
        return `${place}/${key} missing`;
      default:
        return changeIn(value, key, place);
    }
  }
  const index = random(value.length + 1);
  switch (value.length === 0 ? 0 : random(value.length > 1 ? 4 : 3)) {
    case 0:
      value.splice(index, 0, { fresh: 'fresh' });
      return `${place}/${index} extra`;
    case 1:
      value.splice(index % value.length, 1);
      return `${place}/${index % (value.length + 1)} missing`;
    case 2:
      return changeIn(value as unknown as { [key: string]: Json }, String(index % value.length), place);
    default: {
      const [moved] = value.splice(index % value.length, 1);
      const from = index % (value.length + 1);
      value.splice((from + 1 + random(value.length)) % (value.length + 1), 0, moved as Json);
      return `${place} order`;
    }
  }
}

function changeIn(value: { [key: string]: Json }, key: string, place: string): string {
  const before = value[key];
  if (typeof before === 'number') {
    value[key] = before + 0.25;
    return `${place}/${key} value`;
  }
  value[key] = true;
  return `${place}/${key} type`;
}

function withShuffledKeys(value: Json, random: (below: number) => number): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((each) => withShuffledKeys(each, random));
  const entries = Object.entries(value).map(([key, each]) => [key, withShuffledKeys(each, random)] as const);
  for (let at = entries.length - 1; at > 0; at--) {
    const other = random(at + 1);
    [entries[at], entries[other]] = [entries[other]!, entries[at]!];
  }
  return Object.fromEntries(entries);
}

describe('documents made from a seed', () => {
  it('one mutation is found at its place and nothing else is', () => {
    for (let seed = 1; seed <= 3000; seed++) {
      const random = seeded(seed);
      const monolith = randomDocument(random);
      const service = structuredClone(monolith);
      const expected = mutate(service, random);
      const sent = JSON.stringify(withShuffledKeys(service, random));
      assert.deepEqual(
        jsonPlaces(monolith, sent),
        [expected],
        `seed ${seed}: ${JSON.stringify(monolith)} ${sent}`,
      );
    }
  });

  it('equal documents agree whatever the order of their keys', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = seeded(seed);
      const monolith = randomDocument(random);
      assert.deepEqual(jsonPlaces(monolith, withShuffledKeys(monolith, random)), [], `seed ${seed}`);
    }
  });

  it('arrays of few different values agree only if they are equal', () => {
    for (let seed = 1; seed <= 5000; seed++) {
      const random = seeded(seed);
      const list = () => Array.from({ length: random(12) }, () => random(3));
      const [monolith, service] = [list(), list()];
      const found = jsonPlaces(monolith, service);
      const equal = JSON.stringify(monolith) === JSON.stringify(service);
      assert.equal(found.length === 0, equal, `seed ${seed}: ${monolith} and ${service} give ${found}`);
    }
  });
});
