import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from './client.ts';

/** What was read stays on the page while Ficus, or its store, is away. */
export const queryClient: QueryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: false,
      staleTime: 1_000,
      gcTime: 30 * 60_000,
      // A page without a network still reaches an admin plane on the same machine.
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
  queryCache: new QueryCache({
    onError(error, query) {
      const isOver = error instanceof ApiError && error.status === 401 && query.queryKey[0] !== 'session';
      if (isOver) void queryClient.invalidateQueries({ queryKey: ['session'] });
    },
  }),
});
