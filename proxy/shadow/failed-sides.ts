import type { Answer, ComparedPair } from './pair.ts';

/** A large answer is no failure, whatever comparing can make of it. */
function isFailed(answer: Answer): boolean {
  if ('status' in answer) return answer.status >= 500;
  return answer.outcome !== 'too-large';
}

/** Which side of a pair failed: answered 500 and above, or gave no whole answer in time. */
export function failedSides(pair: {
  readonly monolith: Answer;
  readonly service: Answer;
}): ComparedPair['failed'] {
  const monolith = isFailed(pair.monolith);
  const service = isFailed(pair.service);
  if (monolith && service) return 'both';
  return service ? 'service' : monolith ? 'monolith' : undefined;
}
