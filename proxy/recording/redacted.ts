import { createHmac } from 'node:crypto';
import type { Redactor } from '../shadow/redact.ts';
import { hasRedaction } from '../shadow/redaction.ts';

const redaction = /‹redacted:[0-9a-f]{8}›/g;
const wholeRedaction = /^‹redacted:[0-9a-f]{8}›$/;

/** Every redaction replaced by what `secrets` has for it; the others stay. */
export function reveal(text: string, secrets: ReadonlyMap<string, string>): string {
  if (secrets.size === 0 || !hasRedaction(text)) return text;
  return text.replace(redaction, (found) => secrets.get(found) ?? found);
}

/** `‹redacted›` for every redaction, quoted or not: what differs by the key alone looks the same then. */
export function withoutHashes(text: string | undefined): string | undefined {
  return text?.replace(/"?‹redacted:[0-9a-f]{8}›"?/g, '‹redacted›');
}

/** A redactor that leaves alone what is hidden already, so that a recorded answer can be redacted again. */
export function onceOnly(redactor: Redactor): Redactor {
  const text = (text: string): string => {
    if (!hasRedaction(text)) return redactor.text(text);
    const kept = text.match(redaction) ?? [];
    return text
      .split(redaction)
      .map((part, index) => redactor.text(part) + (kept[index] ?? ''))
      .join('');
  };
  const isHidden = (text: string) => wholeRedaction.test(text);
  return {
    hide: (secret) => (isHidden(secret) ? secret : redactor.hide(secret)),
    hideByRule: (value, ...more) => (isHidden(value) ? value : redactor.hideByRule(value, ...more)),
    text,
    named: (name, value) => (isHidden(value) ? value : redactor.named(name, value)),
  };
}

/** Names a redaction key without telling it: two recordings under one key hide a secret alike. */
export function keyIdOf(key: Uint8Array): string {
  return createHmac('sha256', key).update('ficus recording key id').digest('hex').slice(0, 16);
}
