import type { Request } from 'express';

/** The value of a cookie; undefined when it is missing, or there twice: then somebody has tossed one in. */
export function cookieOf(request: Request, name: string): string | undefined {
  const found = (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`));
  return found.length === 1 ? found[0]!.slice(name.length + 1) : undefined;
}

/** `__Host-` cookies are taken from this host over a trustworthy connection only, which localhost counts as. */
export function cookieHeader(
  name: `__Host-${string}`,
  value: string,
  sameSite: 'Strict' | 'Lax',
  maxAgeSeconds: number,
): string {
  return `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=${sameSite}; Max-Age=${maxAgeSeconds}`;
}
