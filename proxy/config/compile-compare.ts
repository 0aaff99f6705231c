import type { CompareRules, MapRule, Place } from '../routing/model.ts';
import { defaults } from './defaults.ts';
import { type Path, quote, type Reading, type Report } from './problem.ts';
import { readAll } from './read-all.ts';
import { readPattern } from './read-pattern.ts';
import { isPointer, readBodyPlace, readPlace, readValuePlace } from './read-place.ts';
import type { CompareConfig } from './schema.ts';
import type { Sound } from './sound.ts';

/** Rules for comparing, of a migration or of one of its routes. */
export function compileCompare(config: Sound<CompareConfig>, path: Path, report: Report): CompareRules {
  const { ignore, unordered, tolerate, map } = { ...defaults.compare, ...config };
  const placeAt = (at: string | undefined, read: (text: string) => Reading<Place>, rule: Path): Place[] => {
    if (at === undefined) return [];
    const place = read(at);
    if ('value' in place) return [place.value];
    report([...rule, 'at'], place.problem);
    return [];
  };
  return {
    ignore: readAll(ignore, readPlace, [...path, 'ignore'], report),
    unordered: unordered.flatMap((rule, index) => {
      const rulePath = [...path, 'unordered', index];
      const key = rule?.key;
      if (key !== undefined && !isPointer(key)) {
        report([...rulePath, 'key'], `${quote(key)} is no JSON pointer into an item: write /sku`);
      }
      return placeAt(rule?.at, readBodyPlace, rulePath).map((at) => ({ at, key }));
    }),
    tolerate: tolerate.flatMap((rule, index) => {
      const rulePath = [...path, 'tolerate', index];
      const { within, withinMs } = rule ?? {};
      return placeAt(rule?.at, readValuePlace, rulePath).map((at) =>
        withinMs === undefined ? { at, within: within ?? 0 } : { at, withinMs },
      );
    }),
    ...(map.length > 0
      ? {
          map: map.flatMap((rule, index) => compileMap(rule ?? {}, [...path, 'map', index], report, placeAt)),
        }
      : {}),
  };
}

type MapConfig = Partial<Sound<NonNullable<CompareConfig['map']>[number]>>;

function compileMap(
  { at, pattern, to = '', side = 'both' }: MapConfig,
  path: Path,
  report: Report,
  placeAt: (at: string | undefined, read: (text: string) => Reading<Place>, rule: Path) => Place[],
): MapRule[] {
  const places = placeAt(at, readValuePlace, path);
  if (pattern === undefined) return places.map((at) => ({ at, ids: true }));
  const read = readPattern(pattern);
  if ('problem' in read) {
    report([...path, 'pattern'], read.problem);
    return [];
  }
  return places.map((at) => ({ at, pattern, to, side }));
}
