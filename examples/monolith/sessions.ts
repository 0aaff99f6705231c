import { createHmac, timingSafeEqual } from 'node:crypto';

/** Who is logged in is written in a signed cookie: any number of monoliths with one secret know each other's users. */
export type Sessions = {
  /** A value for cookie `sid`. */
  open(userId: string): string;
  /** The user a request's Cookie header speaks for. */
  userOf(cookieHeader: string | undefined): string | undefined;
};

export const sessionCookie = 'sid';
const SESSION_MS = 12 * 3_600_000;

export function createSessions(secret: string, clock: () => number): Sessions {
  const sign = (text: string) => createHmac('sha256', secret).update(text).digest('base64url');
  return {
    open(userId) {
      const claim = `${Buffer.from(userId).toString('base64url')}.${clock() + SESSION_MS}`;
      return `${claim}.${sign(claim)}`;
    },
    userOf(cookieHeader) {
      const value = readCookie(cookieHeader ?? '', sessionCookie) ?? '';
      const [user = '', expiresAt = '', signature = ''] = value.split('.');
      if (!isSame(signature, sign(`${user}.${expiresAt}`)) || Number(expiresAt) < clock()) return undefined;
      return Buffer.from(user, 'base64url').toString();
    },
  };
}

function readCookie(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals !== -1 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
