import { createHash } from 'node:crypto';
import type { CompleteAnswer, HashedAnswer } from '../pair.ts';
import { headerValues, listValue } from './headers.ts';
import type { Opaque } from './read-body.ts';

/**
 * A body of which one side has only the hash: both as bytes by hash and length. That works only while both
 * are transferred alike, since what was hashed can't be decoded any more.
 */
export function hashedLike(
  answer: CompleteAnswer | HashedAnswer,
  other: { readonly outcome: string; readonly headers?: readonly string[] },
): { readonly ok: true; readonly body: Opaque } | { readonly ok: false; readonly reason: string } {
  const encoding = encodingOf(answer.headers);
  if (other.headers !== undefined && encodingOf(other.headers) !== encoding) {
    const name = encoding === '' ? 'no content-encoding' : `content-encoding ${encoding}`;
    return { ok: false, reason: `too large to decode, with ${name} on this side alone` };
  }
  const [type = 'no content-type'] = headerValues(answer.headers).get('content-type') ?? [];
  const description = type.slice(0, 100);
  if (answer.outcome === 'hashed')
    return {
      ok: true,
      body: { kind: 'opaque', description, byteLength: answer.bytes, digest: short(answer.sha256) },
    };
  const sha256 = createHash('sha256').update(answer.body).digest('hex');
  return {
    ok: true,
    body: { kind: 'opaque', description, byteLength: answer.body.byteLength, digest: short(sha256) },
  };
}

/** As long as collisions by accident do not matter; nobody gains by making one. */
function short(sha256: string): string {
  return sha256.slice(0, 32);
}

function encodingOf(headers: readonly string[]): string {
  const encoding = listValue(headerValues(headers).get('content-encoding') ?? []).toLowerCase();
  return encoding === 'identity' ? '' : encoding;
}
