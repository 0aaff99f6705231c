import type { Request } from 'express';
import type { Actor } from '../delivery/model.ts';
import { identityOf } from './login/identity.ts';

const maxNameLength = 64;

/**
 * Who asks: who logged in, or else whom the `x-ficus-actor` header names. Nobody proves that, so a name that
 * is not the CLI's is marked `api:`, and can't pass for `gate` or `guard` in the audit.
 */
export function actorOf(request: Request): Actor {
  const identity = identityOf(request);
  if (identity) return { name: identity.name };
  const claimed = request.get('x-ficus-actor')?.trim();
  if (!claimed) return { name: 'api' };
  const name = claimed.replace(/[^\w.:@-]/g, '_').slice(0, maxNameLength);
  return { name: /^(cli|api):./.test(name) ? name : `api:${name}`.slice(0, maxNameLength) };
}
