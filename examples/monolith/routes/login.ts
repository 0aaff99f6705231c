import express, { type Express, type Request, type Response } from 'express';
import { html, table } from '../html.ts';
import { sendPublicPage } from '../pages.ts';
import type { Parts } from '../parts.ts';
import { isPassword } from '../passwords.ts';
import { redirect } from '../redirect.ts';
import { demoUsers } from '../seed/users.ts';
import { sessionCookie } from '../sessions.ts';

export function addLoginRoutes(app: Express, { database, sessions }: Parts): void {
  app.get('/', (request, response) => {
    const user = sessions.userOf(request.headers.cookie);
    redirect(request, response, 302, user === undefined ? '/login' : '/dashboard');
  });

  app.get('/login', async (request, response) => {
    await sendLoginPage(request, response, pathAfterLogin(request.query['next']), null);
  });

  app.post('/login', express.urlencoded(), async (request, response) => {
    const { user, password, next } = request.body ?? {};
    const path = pathAfterLogin(next);
    const userId = String(user ?? '').replaceAll('\0', '');
    const known = await database.row<{ salt: string; hash: string }>(
      'SELECT PW_SALT AS salt, PW_HASH AS hash FROM legacy.APP_USER WHERE USER_ID = $1',
      [userId],
    );
    if (known === undefined || !(await isPassword(String(password ?? ''), known.salt, known.hash))) {
      response.status(401);
      await sendLoginPage(request, response, path, 'No user has this name and password.');
      return;
    }
    // Three cookies in three headers: folded into one, their commas would tear them apart.
    response.cookie(sessionCookie, sessions.open(userId), { httpOnly: true, sameSite: 'lax' });
    response.cookie('last_user', userId, { path: '/login', expires: new Date('2038-01-01T00:00:00Z') });
    response.cookie('theme', 'classic', { expires: new Date('2038-01-01T00:00:00Z') });
    redirect(request, response, 303, path);
  });

  const logOut = (request: Request, response: Response) => {
    response.clearCookie(sessionCookie, { httpOnly: true, sameSite: 'lax' });
    response.clearCookie('theme');
    redirect(request, response, 303, '/login');
  };
  app.get('/logout', logOut);
  app.post('/logout', logOut);
}

/** Only paths of this site: `//host` and `/\host` lead elsewhere in a browser. */
const pathAfterLogin = (next: unknown) =>
  typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/dashboard';

async function sendLoginPage(
  request: Request,
  response: Response,
  next: string,
  problem: string | null,
): Promise<void> {
  const content = html`${problem === null ? null : html`<p class="problem">${problem}</p>`}
<form method="post" action="/login" class="login"><input type="hidden" name="next" value="${next}">
<label>User <input name="user" autofocus></label> <label>Password <input name="password" type="password"></label>
<button>Log in</button></form>
<p>This is a demo. Its users are:</p>
${table(
  ['User', 'Password'],
  demoUsers.map(({ userId, password }) => [userId, password]),
)}`;
  await sendPublicPage(request, response, 'Log in', content);
}
