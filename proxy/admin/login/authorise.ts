import type { NextFunction, Request, Response } from 'express';
import { AdminProblem } from '../problem.ts';
import { identityOf } from './identity.ts';
import { mayActAs, type Role, roles } from './roles.ts';

/** What the OpenAPI validator leaves on a request that it has found a description for. */
interface DescribedRequest extends Request {
  readonly openapi?: { readonly schema?: { readonly 'x-ficus-role'?: unknown } };
}

/**
 * Holds whoever asks against the role that openapi.yaml names for the operation (`x-ficus-role`). Reading
 * wants a viewer; a write that names no role wants an admin.
 */
export function authorise(request: Request, _response: Response, next: NextFunction): void {
  const identity = identityOf(request);
  if (identity) {
    const wanted = roleFor(request);
    if (!mayActAs(identity.role, wanted)) throw missingRole(identity.role, wanted);
  }
  next();
}

/** For what only some bodies of an operation need. */
export function requireRole(request: Request, wanted: Role): void {
  const identity = identityOf(request);
  if (identity && !mayActAs(identity.role, wanted)) throw missingRole(identity.role, wanted);
}

function roleFor(request: DescribedRequest): Role {
  const named = request.openapi?.schema?.['x-ficus-role'];
  const role = roles.find((one) => one === named);
  if (role) return role;
  return request.method === 'GET' || request.method === 'HEAD' ? 'viewer' : 'admin';
}

function missingRole(has: Role, wanted: Role): AdminProblem {
  return new AdminProblem('not_allowed', `This wants the role ${wanted}; you are ${has}.`);
}
