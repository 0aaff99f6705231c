import type { Express } from 'express';
import type { LoginWays, SessionInfo } from '../api-types.ts';
import type { Login } from './authenticate.ts';
import { cookieHeader, cookieOf } from './cookies.ts';
import { identityOf } from './identity.ts';
import { sessionCookie } from './session.ts';

/** The ways in, who is logged in, and the way out. */
export function addSessionRoutes(app: Express, login: Login | undefined): void {
  app.get('/api/login', (_request, response) => {
    const provider = login?.oidc !== undefined;
    const tokens = login?.tokens.hasAny() ?? false;
    response.json({ needed: login !== undefined, provider, tokens } satisfies LoginWays);
  });

  app.get('/api/session', async (request, response) => {
    const { name, role, provedBy } = identityOf(request)!;
    const cookie = provedBy === 'session' ? cookieOf(request, sessionCookie) : undefined;
    const session = cookie === undefined ? undefined : await login?.sessions.read(cookie);
    response.json({ name, role, ...(session && { csrf: session.csrf }) } satisfies SessionInfo);
  });

  app.post('/api/logout', async (request, response) => {
    const cookie = cookieOf(request, sessionCookie);
    if (cookie !== undefined) await login?.sessions.end(cookie);
    response.append('Set-Cookie', cookieHeader(sessionCookie, '', 'Strict', 0));
    response.json({});
  });
}
