import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';

/** Whether the request has one of `keys` in the header; without keys, none has. */
export function requireApiKey(keys: readonly string[], header: string): (request: Request) => boolean {
  const accepted = keys.map(digest);
  return (request) => {
    const given = digest(request.get(header) ?? '');
    // Digests have one length, and every key is compared: the time taken tells nothing about any of them.
    return accepted.filter((key) => timingSafeEqual(key, given)).length > 0;
  };
}

const digest = (key: string) => createHash('sha256').update(key).digest();
