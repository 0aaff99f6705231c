import type { SideSeries, Values } from '../../../proxy/admin/api-types.ts';
import { percent } from '../format.ts';

/** In percent; null where nothing was asked. */
export function errorRate({ requests, errors }: Pick<SideSeries, 'requests' | 'errors'>): Values {
  return requests.map((all, index) => {
    const failed = errors[index] ?? null;
    return all === null || all === 0 || failed === null ? null : (failed / all) * 100;
  });
}

/** Rounding must not deny an error. */
export function errorPercent(value: number): string {
  return value > 0 && value < 0.01 ? '< 0.01 %' : percent(value);
}
