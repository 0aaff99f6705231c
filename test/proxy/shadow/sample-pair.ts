import type { CompareRules } from '../../../proxy/routing/model.ts';
import { type CompareSettings, comparePair } from '../../../proxy/shadow/compare/compare-pair.ts';
import { compileRules } from '../../../proxy/shadow/compare/compiled-rules.ts';
import { defaultCompareLimits } from '../../../proxy/shadow/compare/limits.ts';
import type { Answer, CapturedRequest, CompleteAnswer, Pair } from '../../../proxy/shadow/pair.ts';

export const noRules: CompareRules = { ignore: [], unordered: [], tolerate: [] };

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** An answer with a JSON body: a text is sent as it is, anything else is written as JSON. */
export function jsonAnswer(body: unknown, rest: Partial<CompleteAnswer> = {}): CompleteAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return answer({
    body: bytes(text),
    ...rest,
    headers: ['Content-Type', 'application/json', ...(rest.headers ?? [])],
  });
}

export function answer(rest: Partial<CompleteAnswer> = {}): CompleteAnswer {
  return { outcome: 'complete', status: 200, headers: [], body: new Uint8Array(), durationMs: 3, ...rest };
}

export function pairOf(monolith: Answer, service: Answer, request: Partial<CapturedRequest> = {}): Pair {
  return {
    id: '5bd6ad3c-9d55-4b5e-8f0f-3c9b1f1e7a10',
    migration: 'catalog',
    route: 'GET /api/products',
    at: '2026-11-03T10:00:00.000Z',
    control: 'monolith',
    request: { method: 'GET', target: '/api/products', headers: [], body: new Uint8Array(), ...request },
    monolith,
    service,
  };
}

export function settingsOf(rules: Partial<CompareRules> = {}): CompareSettings {
  return {
    rules: compileRules({ ...noRules, ...rules }),
    upstreams: { monolith: undefined, service: undefined },
    limits: defaultCompareLimits,
    candidate: 'service',
  };
}

/** `place kind` of each difference, or the reason why the pair is incomparable. */
export function placesOf(pair: Pair, rules: Partial<CompareRules> = {}): string[] | string {
  const comparison = comparePair(pair, settingsOf(rules));
  if (comparison.outcome === 'incomparable') return comparison.reason;
  return comparison.differences.map(({ place, kind }) => `${place} ${kind}`);
}

/** The same for two JSON bodies. */
export function jsonPlaces(
  monolith: unknown,
  service: unknown,
  rules: Partial<CompareRules> = {},
): string[] | string {
  return placesOf(pairOf(jsonAnswer(monolith), jsonAnswer(service)), rules);
}
