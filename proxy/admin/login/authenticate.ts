import { createHash, timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import type { AdminDeps } from '../admin-deps.ts';
import { AdminProblem } from '../problem.ts';
import { actorOf } from '../request-actor.ts';
import { cookieOf } from './cookies.ts';
import { setIdentity } from './identity.ts';
import type { OidcLogin } from './oidc.ts';
import { refuseLogin } from './refuse-login.ts';
import type { Identity } from './roles.ts';
import { type Sessions, sessionCookie } from './session.ts';
import type { TokenLogin } from './token-login.ts';

/** For probes, which have no token, and for whoever wonders what this is, or how to log in. */
const openPaths: ReadonlySet<string> = new Set(['/', '/healthz', '/readyz', '/api/login']);

/** How people and programs prove who they are. */
export interface Login {
  readonly tokens: TokenLogin;
  readonly sessions: Sessions;
  /** Undefined: there is no login provider. */
  readonly oidc: OidcLogin | undefined;
}

/**
 * Finds out who asks. Without a login, which only a loopback listener may be, whoever reaches it is taken at
 * their word and may do everything.
 */
export function authenticate({ recordAudit }: Pick<AdminDeps, 'recordAudit'>, login: Login | undefined) {
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    if (openPaths.has(request.path)) {
      next();
      return;
    }
    if (!login) {
      setIdentity(request, { name: actorOf(request).name, role: 'admin', provedBy: 'nothing' });
      next();
      return;
    }
    const inSession = await identityInSession(request, login);
    if (inSession) {
      setIdentity(request, inSession);
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
    if (answer.refused === 'locked' && answer.isFirst) told({ name: 'unknown' }, 'login-locked', address);
    const how = login.oidc ? 'Log in at /login, or send' : 'Send';
    refuseLogin(
      answer,
      response,
      `${how} a token: "Authorization: Bearer …", or FICUS_TOKEN for the command line.`,
    );
  };

  function told({ name }: Pick<Identity, 'name'>, action: string, address: string): void {
    recordAudit({ name }, action, '', { address });
  }
}

/**
 * The browser's session. Its cookie comes with whatever page makes the browser ask, so a write must also show
 * what only our own page could read.
 */
async function identityInSession(
  request: Request,
  { sessions, tokens }: Login,
): Promise<Identity | undefined> {
  const cookie = cookieOf(request, sessionCookie);
  if (cookie === undefined || request.get('authorization') !== undefined) return undefined;
  const session = await sessions.read(cookie);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (session && !isRead && !areEqual(request.get('x-ficus-csrf') ?? '', session.csrf)) {
    throw new AdminProblem('csrf_missing', 'Send the csrf of GET /api/session as X-Ficus-Csrf.');
  }
  return session?.tokenSha256 === undefined ? session?.identity : tokens.ofSession(session.tokenSha256);
}

/** Whether whoever asked is still let in: for an answer that goes on for long. */
export async function isStillKnown(request: Request, login: Login | undefined): Promise<boolean> {
  if (!login) return true;
  const [, token] = /^Bearer (\S+)$/i.exec(request.get('authorization') ?? '') ?? [];
  if (token === undefined) return (await identityInSession(request, login)) !== undefined;
  return login.tokens.ofSession(createHash('sha256').update(token).digest('hex')) !== undefined;
}

function areEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
