import type { Request } from 'express';
import type { Actor } from '../delivery/model.ts';

const maxNameLength = 64;

/**
 * Who asks, as the `x-ficus-actor` header says: nobody proves it while there is no login, so a name that
 * is not the CLI's is marked `api:`, and can't pass for `gate` or `guard` in the audit.
 */
export function actorOf(request: Request): Actor {
  const claimed = request.get('x-ficus-actor')?.trim();
  if (!claimed) return { name: 'api' };
  const name = claimed.replace(/[^\w.:@-]/g, '_').slice(0, maxNameLength);
  return { name: /^(cli|api):./.test(name) ? name : `api:${name}`.slice(0, maxNameLength) };
}
