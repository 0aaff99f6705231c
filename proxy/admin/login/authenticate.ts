import type { NextFunction, Request, Response } from 'express';
import type { AdminDeps } from '../admin-deps.ts';
import { AdminProblem } from '../problem.ts';
import { actorOf } from '../request-actor.ts';
import { setIdentity } from './identity.ts';
import type { Identity } from './roles.ts';
import type { TokenLogin } from './token-login.ts';

/** For probes, which have no token, and for whoever wonders what this is. */
const openPaths: ReadonlySet<string> = new Set(['/', '/healthz', '/readyz']);

/** How people and programs prove who they are. */
export interface Login {
  readonly tokens: TokenLogin;
}

/**
 * Finds out who asks. Without a login, which only a loopback listener may be, whoever reaches it is taken at
 * their word and may do everything.
 */
export function authenticate({ recordAudit }: Pick<AdminDeps, 'recordAudit'>, login: Login | undefined) {
  return (request: Request, response: Response, next: NextFunction): void => {
    if (openPaths.has(request.path)) {
      next();
      return;
    }
    if (!login) {
      setIdentity(request, { name: actorOf(request).name, role: 'admin', provedBy: 'nothing' });
      next();
      return;
    }
    const address = request.socket.remoteAddress ?? '';
    const answer = login.tokens.look(request.get('authorization'), address);
    if ('identity' in answer) {
      if (answer.isFirst) told(answer.identity, 'login', address);
      setIdentity(request, answer.identity);
      next();
      return;
    }
    if (answer.refused === 'locked') {
      if (answer.isFirst) told({ name: 'unknown' }, 'login-locked', address);
      response.set('Retry-After', String(Math.ceil(answer.forMs / 1000)));
      throw new AdminProblem(
        'locked_out',
        'Too many logins from this address failed; for a while none is looked at.',
      );
    }
    response.set('WWW-Authenticate', 'Bearer realm="ficus"');
    throw new AdminProblem(
      'login_needed',
      answer.refused === 'missing'
        ? 'Send a token: "Authorization: Bearer …", or FICUS_TOKEN for the command line.'
        : 'This token is not known here, or has expired.',
    );
  };

  function told({ name }: Pick<Identity, 'name'>, action: string, address: string): void {
    recordAudit({ name }, action, '', { address });
  }
}
