import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import type { MigrationStatus, MoveDone } from '../../../proxy/admin/api-types.ts';
import { read, write } from '../api/client.ts';
import { migrationPath } from '../api/queries.ts';

/** Makes moves; what is on the page follows. Rejects with an ApiError. */
export function useMoves(): {
  /** `path`: below the migration. `ifMatch`: the revision that it was decided on. */
  readonly make: (id: string, path: string, body: object, ifMatch?: string) => Promise<MoveDone>;
  /** As it stands now, whatever the page has. */
  readonly lookAgain: (id: string) => Promise<MigrationStatus>;
} {
  const queries = useQueryClient();
  return {
    async make(id, path, body, ifMatch) {
      const done = await write<MoveDone>(`${migrationPath(id)}/${path}`, body, ifMatch);
      queries.setQueryData(['migrations', id], done.status);
      refresh(queries);
      return done;
    },
    async lookAgain(id) {
      const status = await read<MigrationStatus>(migrationPath(id));
      queries.setQueryData(['migrations', id], status);
      refresh(queries);
      return status;
    },
  };
}

/** Nobody waits for it: the move is made, and what reads the store may be a while. */
function refresh(queries: QueryClient): void {
  void queries.invalidateQueries();
}
