import { stringify } from 'yaml';
import type { DraftRequest } from './draft-request.ts';

/**
 * The state that a draft names, as the states file has it. What can be repeated as it is says whether the side has
 * what the example speaks of; what is missing is left for somebody to fill in.
 */
export function draftStates(
  state: string,
  status: number,
  { repeatable, values }: Pick<DraftRequest, 'repeatable' | 'values'>,
): string {
  const written = {
    ...(repeatable !== undefined && { steps: [{ request: repeatable, expectStatus: status }] }),
    ...(values.length > 0 && { values: Object.fromEntries(values.map((name) => [name, toFillIn])) }),
  };
  return stringify({ states: { [state]: Object.keys(written).length === 0 ? null : written } });
}

const toFillIn = 'to fill in';
