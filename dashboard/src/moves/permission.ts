import { useQuery } from '@tanstack/react-query';
import type { Role } from '../../../proxy/admin/api-types.ts';
import { session } from '../api/queries.ts';

const ranks: readonly Role[] = ['viewer', 'qa', 'operator', 'admin'];

/**
 * Why somebody may not do what wants a role, in a sentence; undefined when they may. Who they are is not known while
 * nobody has said so: then they may try, and the admin plane decides.
 */
export function useWhyNot(): (wanted: Role) => string | undefined {
  const role = useQuery(session).data?.role;
  return (wanted) =>
    role === undefined || ranks.indexOf(role) >= ranks.indexOf(wanted)
      ? undefined
      : `This wants the role ${wanted}; you are ${role}.`;
}
