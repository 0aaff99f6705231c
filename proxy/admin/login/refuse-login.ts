import type { Response } from 'express';
import { AdminProblem } from '../problem.ts';
import type { LoginRefused } from './token-login.ts';

/** Throws what whoever is not let in is told; `advice` is for who sent nothing. */
export function refuseLogin(answer: LoginRefused, response: Response, advice: string): never {
  if (answer.refused === 'locked') {
    response.set('Retry-After', String(Math.ceil(answer.forMs / 1000)));
    throw new AdminProblem(
      'locked_out',
      'Too many logins from this address failed; for a while none is looked at.',
    );
  }
  response.set('WWW-Authenticate', 'Bearer realm="ficus"');
  throw new AdminProblem(
    'login_needed',
    answer.refused === 'missing' ? advice : 'This token is not known here, or has expired.',
  );
}
