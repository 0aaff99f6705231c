import type { CompareRules, Migration, Place } from '../../routing/model.ts';
import { pointerTokens } from '../compare/compiled-rules.ts';
import type { RecordedPair } from './recorded-pair.ts';

type Sample = null | boolean | number | string | Sample[] | { [name: string]: Sample };

/**
 * An answer made up for a route of which none was recorded: JSON with something of every sort, and with a
 * value at every place that a rule names.
 */
export function samplePair(migration: Migration, route: Migration['routes'][number]): RecordedPair {
  const rules = [migration.shadow.compare, ...(route.compare ? [route.compare] : [])];
  const body: { [name: string]: Sample } = {
    id: 'sample-000017',
    name: 'a text',
    count: 7,
    price: 12.5,
    active: true,
    nothing: null,
    nested: { name: 'another text', count: 3 },
    list: [item(1), item(2), item(3)],
  };
  const headers = ['Content-Type', 'application/json', 'Cache-Control', 'no-store', 'ETag', '"sample"'];
  for (const { at, value } of rules.flatMap(placesOf)) {
    if (at.startsWith('body:/')) put(body, pointerTokens(at.slice('body:'.length)) ?? [], value);
    const name = /^header:([^/]+)$/.exec(at)?.[1];
    if (name !== undefined && !headers.some((text) => text.toLowerCase() === name))
      headers.push(name, 'sample');
  }
  const [method = 'GET'] = route.id.split(' ', 1);
  return {
    migration: migration.id,
    route: route.id,
    request: { method: method === '*' ? 'GET' : method, target: '/sample', headers: ['Host', 'sample'] },
    answer: {
      outcome: 'complete',
      status: 200,
      headers,
      body: Buffer.from(JSON.stringify(body)),
      durationMs: 0,
    },
  };
}

function item(number: number): { [name: string]: Sample } {
  return { id: `item-00${number}`, text: `text ${number}`, amount: number * 10 };
}

function placesOf(rules: CompareRules): { at: Place; value: Sample }[] {
  const items = (key: string | undefined): Sample =>
    [1, 2, 3].map((number) => {
      const element = item(number);
      put(element, pointerTokens(key) ?? [], `key-${number}`);
      return element;
    });
  return [
    ...rules.unordered.map(({ at, key }) => ({ at, value: items(key) })),
    ...rules.ignore.map((at) => ({ at, value: 'sample' })),
    ...rules.tolerate.map((rule) => ({
      at: rule.at,
      value: 'within' in rule ? 12.5 : '2026-01-01T00:00:00.000Z',
    })),
    ...(rules.map ?? []).map(({ at }) => ({ at, value: 'sample-0001' })),
  ];
}

/** Puts a value at a pointer where there is none yet; `*` goes through three elements. */
function put(into: Sample, [step, ...rest]: readonly string[], value: Sample): void {
  if (step === undefined || into === null || typeof into !== 'object') return;
  const container = into as { [name: string]: Sample };
  const names = step === '*' && Array.isArray(into) ? [...into.keys()].map(String) : [step];
  for (const name of names) {
    if (rest.length === 0) container[name] ??= structuredClone(value);
    else {
      const known = container[name];
      if (known === null || typeof known !== 'object')
        container[name] = rest[0] === '*' ? [item(1), item(2), item(3)] : {};
      put(container[name]!, rest, value);
    }
  }
}
