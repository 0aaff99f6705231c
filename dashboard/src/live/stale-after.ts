import type { QueryFilters, QueryKey } from '@tanstack/react-query';
import type { ApiEvent } from '../../../proxy/admin/api-types.ts';

/** What was read and may be another by now, once an event has come. */
export function staleAfter(event: ApiEvent): readonly QueryFilters<QueryKey>[] {
  switch (event.type) {
    case 'migration':
    case 'guard':
      return [under('migrations'), under('gate', event.migration)];
    case 'signatures':
      // The list alone: pairs must not change under somebody who reads them.
      return [exactly('signatures', event.migration), under('gate', event.migration), under('migrations')];
    case 'verdict':
      return [under('signatures', event.migration), under('gate', event.migration), under('migrations')];
    case 'config':
      return [under('config'), under('readiness'), under('migrations'), under('gate')];
    case 'kill':
      return [under('kill'), under('migrations'), under('gate')];
    case 'parts':
      return [under('readiness'), under('audit', 'recent'), under('signatures'), under('gate')];
    case 'audit':
      // Whoever reads further back than the newest page asks for newer rows when they want them.
      return [under('audit', 'recent')];
    case 'reset':
      return [{}];
    case 'here':
    case 'beat':
      return [];
  }
}

const under = (...queryKey: string[]): QueryFilters<QueryKey> => ({ queryKey });
const exactly = (...queryKey: string[]): QueryFilters<QueryKey> => ({ queryKey, exact: true });
