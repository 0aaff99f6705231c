import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { SealedPart } from './pair.ts';
import type { OnHiddenByRule } from './redact.ts';
import { holdsCredential } from './redact-text.ts';

/** A value that a `redact` rule hid in a pair. */
export interface HiddenValue {
  /** The 8 hex digits by which the pair shows it: `‹redacted:0a1b2c3d›`. */
  readonly mark: string;
  /** The rule's place, as routes.yaml has it. */
  readonly rule: string;
  readonly value: string;
}

/** Of one pair; what is more is not kept. */
const limits = { values: 32, valueChars: 2048, chars: 16_384 };

/** Gathers what rules hide in one pair, bounded. Credentials are left out whatever a rule says. */
export class HiddenValues {
  #values = new Map<string, HiddenValue>();
  #chars = 0;

  readonly note: OnHiddenByRule = (redacted, rule, value) => {
    const mark = markOf(redacted);
    if (this.#values.has(mark) || this.#values.size >= limits.values) return;
    if (value.length > limits.valueChars || this.#chars + value.length > limits.chars) return;
    if (holdsCredential(value)) return;
    this.#values.set(mark, { mark, rule, value });
    this.#chars += value.length;
  };

  /** What has come since the last time. */
  take(): HiddenValue[] {
    const values = [...this.#values.values()];
    this.#values = new Map();
    this.#chars = 0;
    return values;
  }
}

/** `‹redacted:0a1b2c3d›` → `0a1b2c3d`. */
function markOf(redacted: string): string {
  return redacted.slice('‹redacted:'.length, -1);
}

const nonceBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM with a random nonce; a pair's id is authenticated along, so that what is sealed for one pair opens
 * for no other. NIST SP 800-38D, 8.3: 2^32 pairs a key, which is more than a key should live.
 */
export function sealValues(values: readonly HiddenValue[], key: Uint8Array, pairId: string): SealedPart {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(pairId));
  const text = cipher.update(JSON.stringify(values), 'utf8');
  const rest = cipher.final();
  // Memory of its own: a view of the pool would take all of that along to another thread.
  const sealed = new Uint8Array(Buffer.concat([nonce, text, rest, cipher.getAuthTag()]));
  return { keyId: sealingKeyId(key), marks: values.map(({ mark }) => mark), sealed };
}

/** Undefined where the key is another, or the bytes are not what was sealed for this pair. */
export function openSealed(
  sealed: Uint8Array,
  key: Uint8Array,
  pairId: string,
): readonly HiddenValue[] | undefined {
  if (sealed.length < nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(boundTo(pairId)).setAuthTag(sealed.subarray(-tagBytes));
  try {
    const text = decipher.update(sealed.subarray(nonceBytes, -tagBytes), undefined, 'utf8');
    return JSON.parse(text + decipher.final('utf8'));
  } catch {
    return undefined;
  }
}

const boundTo = (pairId: string): Buffer => Buffer.from(`ficus sealed values of pair ${pairId}`);

/** Names a key without telling it. */
export function sealingKeyId(key: Uint8Array): string {
  return createHash('sha256').update('ficus sealing key id').update(key).digest('hex').slice(0, 8);
}
