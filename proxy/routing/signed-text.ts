import { createHmac, timingSafeEqual } from 'node:crypto';

/** HMAC-SHA-256 in base64url, 43 characters. `purpose` has it count for nothing else that is signed with the key. */
export function signText(purpose: string, text: string, key: string): string {
  return macOf(purpose, text, key).toString('base64url');
}

/** In constant time. */
export function isSignedText(signature: string, purpose: string, text: string, key: string): boolean {
  const given = Buffer.from(signature, 'base64url');
  const expected = macOf(purpose, text, key);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const macOf = (purpose: string, text: string, key: string): Buffer =>
  createHmac('sha256', key).update(`${purpose}\n${text}`).digest();
