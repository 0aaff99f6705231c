import { createHmac } from 'node:crypto';
import { isSecretName } from './redact-names.ts';
import { type Hide, hideSecrets } from './redact-text.ts';
import { redactionOf } from './redaction.ts';

/** Makes secrets unreadable before anything is compared or kept. */
export interface Redactor {
  /** `‹redacted:8hex›`, the same for the same secret under the same key; empty stays empty. */
  readonly hide: Hide;
  /** Hides what detectors find in running text. */
  text(text: string): string;
  /** The value of something that has a name: hidden whole when the name is that of a secret. */
  named(name: string, value: string): string;
}

/** `key`: the installation's own; without it nobody can try out which secret a redaction stands for. */
export function createRedactor(key: Uint8Array): Redactor {
  const known = new Map<string, string>();
  const hide: Hide = (secret) => {
    if (secret === '') return '';
    const hidden = known.get(secret) ?? redaction(key, secret);
    // Both answers have mostly the same secrets; a bounded memory of them halves the hashing.
    if (known.size >= maxKnownSecrets) known.clear();
    if (secret.length <= maxKnownChars) known.set(secret, hidden);
    return hidden;
  };
  const text = (text: string) => hideSecrets(text, hide);
  return { hide, text, named: (name, value) => (isSecretName(name) ? hide(value) : text(value)) };
}

const maxKnownSecrets = 1000;
const maxKnownChars = 1000;

function redaction(key: Uint8Array, secret: string): string {
  return redactionOf(createHmac('sha256', key).update(secret).digest('hex'));
}
