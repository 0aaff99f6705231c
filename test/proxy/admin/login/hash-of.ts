import { createHash } from 'node:crypto';

/** As a tokens file has it. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
