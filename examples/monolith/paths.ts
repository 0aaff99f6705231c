import type { MonolithPath } from './paths/monolith-path.ts';
import { oddPaths, soapPaths, streamPaths } from './paths/odd-paths.ts';
import { customerPaths, moneyPaths, orderPaths, productPaths } from './paths/shop-paths.ts';
import { filePaths, pagePaths } from './paths/web-paths.ts';

export { demoApiKey, type MonolithPath } from './paths/monolith-path.ts';

/**
 * Every route of the monolith at least once, for comparing what comes through a proxy with what does not. Redirects
 * and the WSDL name the host that was asked for: send the same Host both ways. The new order and the new payment
 * show up in lists and totals: send a request both ways before the next one.
 */
export const monolithPaths: MonolithPath[] = [
  ...pagePaths,
  ...productPaths,
  ...customerPaths,
  ...orderPaths,
  ...moneyPaths,
  ...filePaths,
  ...soapPaths,
  ...streamPaths,
  ...oddPaths,
];

/** Logs the demo's clerk in; what comes back goes into header Cookie. */
export async function login(url: string): Promise<string> {
  const response = await fetch(new URL('/login', url), {
    method: 'POST',
    body: new URLSearchParams({ user: 'clerk', password: 'clerk-demo' }),
    redirect: 'manual',
  });
  if (response.status !== 303) throw new Error(`Login at ${url} answered ${response.status}`);
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}
