import assert from 'node:assert/strict';
import type { CompareRules } from '../../../../proxy/routing/model.ts';
import { comparePair } from '../../../../proxy/shadow/compare/compare-pair.ts';
import type { CompleteAnswer, Difference } from '../../../../proxy/shadow/pair.ts';
import { answer, bytes, pairOf, settingsOf } from '../sample-pair.ts';

export function typed(type: string, body: string | Uint8Array, more: readonly string[] = []): CompleteAnswer {
  const headers = ['Content-Type', type, ...more];
  return answer({ headers, body: typeof body === 'string' ? bytes(body) : body });
}

export function differencesOf(
  type: string,
  monolith: string,
  service: string,
  rules: Partial<CompareRules> = {},
): readonly Difference[] {
  const found = comparePair(pairOf(typed(type, monolith), typed(type, service)), settingsOf(rules));
  assert.equal(found.outcome, 'compared', found.outcome === 'incomparable' ? found.reason : '');
  return found.outcome === 'compared' ? found.differences : [];
}

/** `place kind` of each. */
export function placesIn(...compared: Parameters<typeof differencesOf>): string[] {
  return differencesOf(...compared).map(({ place, kind }) => `${place} ${kind}`);
}

/** Why two such answers are not compared. */
export function reasonOf(type: string, monolith: string, service: string): string {
  const found = comparePair(pairOf(typed(type, monolith), typed(type, service)), settingsOf());
  return found.outcome === 'incomparable' ? found.reason : 'compared';
}
