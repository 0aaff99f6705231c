import express, { type Express, type Request, type Response } from 'express';
import type { AdminDeps } from '../admin-deps.ts';
import { AdminProblem } from '../problem.ts';
import { limitLogins } from '../rate-limit.ts';
import type { Login } from './authenticate.ts';
import { cookieHeader, cookieOf } from './cookies.ts';
import { NoRoleError, OidcError } from './oidc-error.ts';
import { refuseLogin } from './refuse-login.ts';
import type { Identity } from './roles.ts';
import { loginSeconds, sessionCookie, sessionSeconds } from './session.ts';

const beginningCookie = '__Host-ficus-login';

/** The pages of a login: `/login` to the provider and back, and a form's way in with a token. */
export function addLoginRoutes(
  app: Express,
  { recordAudit, log, clock }: Pick<AdminDeps, 'recordAudit' | 'log' | 'clock'>,
  login: Login,
): void {
  const { oidc, sessions } = login;

  app.use('/login', limitLogins(clock));

  app.get('/login', async (request, response) => {
    if (!oidc) throw new AdminProblem('not_found', 'There is no login provider here; send a token instead.');
    const { url, cookie } = await oidc.begin(localPath(request.query['to'])).catch(refuse);
    // Lax: the provider's page leads back here, and a strict cookie would stay behind.
    response.append('Set-Cookie', cookieHeader(beginningCookie, cookie, 'Lax', loginSeconds));
    response.redirect(303, url);
  });

  app.get('/login/callback', async (request, response) => {
    if (!oidc) throw new AdminProblem('not_found', 'There is no login provider here.');
    const begun = cookieOf(request, beginningCookie);
    const { name, role, returnTo } = await oidc.finish(request.originalUrl, begun).catch(refuse);
    response.append('Set-Cookie', cookieHeader(beginningCookie, '', 'Lax', 0));
    await letIn(request, response, { name, role });
    // A page of ours, not a redirect: a strict cookie is sent only where one of our own pages leads.
    response.type('html').send(pageTo(returnTo));
  });

  app.post('/login', express.json({ limit: 8192, inflate: false }), async (request, response) => {
    const token: unknown = request.body?.token;
    if (typeof token !== 'string') throw new AdminProblem('invalid_request', 'Send {"token": "…"}.');
    const address = request.socket.remoteAddress ?? '';
    const answer = login.tokens.look(`Bearer ${token}`, address);
    if ('refused' in answer) {
      if (answer.refused === 'locked' && answer.isFirst)
        recordAudit({ name: 'unknown' }, 'login-locked', '', { address });
      refuseLogin(answer, response, 'Send {"token": "…"}.');
    }
    await letIn(request, response, answer.identity, answer.sha256);
    response.status(204).end();
  });

  async function letIn(
    request: Request,
    response: Response,
    who: Pick<Identity, 'name' | 'role'>,
    tokenSha256?: string,
  ): Promise<void> {
    const session = await sessions.begin(who, tokenSha256);
    const cookie = cookieHeader(sessionCookie, session, 'Strict', sessionSeconds);
    response.append('Set-Cookie', cookie);
    recordAudit({ name: who.name }, 'login', '', { address: request.socket.remoteAddress, role: who.role });
  }

  function refuse(error: unknown): never {
    if (!(error instanceof OidcError)) throw error;
    log.warn({ err: error }, 'login failed');
    // Who was not known to the provider has proved nothing, and could fill the audit.
    if (error instanceof NoRoleError) recordAudit({ name: error.user }, 'login-failed', error.message, {});
    throw new AdminProblem('login_failed', error.message, { cause: error });
  }
}

/** Of this host, whatever was asked for: a login must not lead elsewhere. */
function localPath(asked: unknown): string {
  return typeof asked === 'string' && /^\/(?![/\\])[\x21-\x7e]*$/.test(asked) ? asked : '/';
}

function pageTo(path: string): string {
  const inert = path.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<!doctype html><meta charset="utf-8"><title>Ficus</title><meta http-equiv="refresh" content="0;url=${inert}"><a href="${inert}">Go on</a>`;
}
