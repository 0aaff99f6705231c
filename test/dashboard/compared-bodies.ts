import { readBodies } from '../../dashboard/src/differences/body/read-bodies.ts';
import { type CompareSettings, compareAnswers, readPair } from '../../proxy/shadow/compare/compare-pair.ts';
import { compileRules } from '../../proxy/shadow/compare/compiled-rules.ts';
import { defaultCompareLimits } from '../../proxy/shadow/compare/limits.ts';
import { redactedAnswerTexts } from '../../proxy/shadow/comparer-texts.ts';
import type { Difference, StoredAnswer } from '../../proxy/shadow/pair.ts';

export interface ComparedBodies {
  readonly monolith: StoredAnswer;
  readonly service: StoredAnswer;
  readonly differences: readonly Difference[];
}

export interface Answered {
  readonly type?: string;
  readonly body: string | Buffer;
  readonly status?: number;
  readonly headers?: readonly string[];
}

const noRules = { ignore: [], unordered: [], tolerate: [] };

/** Two answers compared by the real comparer, and as it has them stored. */
export function compared(
  monolith: Answered,
  service: Answered,
  rules: Parameters<typeof compileRules>[0] = noRules,
): ComparedBodies {
  const pair = {
    migration: 'catalog',
    route: 'GET /api/products',
    request: { method: 'GET', target: '/api/products', headers: [], body: Buffer.alloc(0) },
    monolith: complete(monolith),
    service: complete(service),
  };
  const read = readPair(pair, defaultCompareLimits);
  if (!read.ok) throw new Error(read.reason);
  const settings: CompareSettings = {
    rules: compileRules(rules),
    upstreams: { monolith: undefined, service: undefined },
    limits: defaultCompareLimits,
    candidate: 'service',
  };
  return {
    monolith: redactedAnswerTexts(read.monolith, defaultCompareLimits),
    service: redactedAnswerTexts(read.service, defaultCompareLimits),
    differences: compareAnswers(pair, read.monolith, read.service, settings),
  };
}

function complete({ type = 'application/json', body, status = 200, headers = [] }: Answered) {
  return {
    outcome: 'complete' as const,
    status,
    headers: ['Content-Type', type, ...headers],
    body: Buffer.from(body),
    durationMs: 1,
  };
}

export function aligned({ monolith, service }: Pick<ComparedBodies, 'monolith' | 'service'>) {
  const read = readBodies(monolith, service);
  if (read.form === undefined) throw new Error(read.why);
  return read;
}
