import type { Request } from 'express';
import type { Identity } from './roles.ts';

const identities = new WeakMap<Request, Identity>();

export function setIdentity(request: Request, identity: Identity): void {
  identities.set(request, identity);
}

/** Who asks; undefined before a login was looked at, and where none is needed. */
export function identityOf(request: Request): Identity | undefined {
  return identities.get(request);
}
