import { createHmac } from 'node:crypto';
import type { Place } from '../routing/model.ts';
import type { Matches } from './compare/place-tree.ts';
import { isSecretName } from './redact-names.ts';
import { type Hide, hideSecrets } from './redact-text.ts';
import { redactionOf } from './redaction.ts';

/** Makes secrets unreadable before anything is compared or kept. */
export interface Redactor {
  /** `‹redacted:8hex›`, the same for the same secret under the same key; empty stays empty. */
  readonly hide: Hide;
  /**
   * The same for what only a `redact` rule of routes.yaml hides, at `rule`: no credential by its name. `written` is
   * how it stood there, where equal values are written in several ways.
   */
  hideByRule(value: string, rule: Place, written?: string): string;
  /** Hides what detectors find in running text. */
  text(text: string): string;
  /** The value of something that has a name: hidden whole when the name is that of a secret. */
  named(name: string, value: string): string;
}

/** A migration's `redact` places, compiled: each node is marked with the rules that hide it whole. */
export type RedactedPlaces = Matches<Place | typeof ownRule>;

/** In the place of a rule, for what Ficus hides by itself. */
export const ownRule = '';

/** The rule that hides what is here whole, ours before those of routes.yaml; undefined where there is none. */
export function ruleHere(places: RedactedPlaces): Place | typeof ownRule | undefined {
  let rule: Place | undefined;
  for (const { marks } of places) {
    if (marks.includes(ownRule)) return ownRule;
    rule ??= marks[0] as Place | undefined;
  }
  return rule;
}

/** Told of each value that a rule of routes.yaml hides: with its redaction, the rule and the value itself. */
export type OnHiddenByRule = (redacted: string, rule: Place, value: string) => void;

/** `key`: the installation's own; without it nobody can try out which secret a redaction stands for. */
export function createRedactor(key: Uint8Array, onHiddenByRule?: OnHiddenByRule): Redactor {
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
  return {
    hide,
    hideByRule(value, rule, written = value) {
      const hidden = hide(value);
      if (hidden !== '') onHiddenByRule?.(hidden, rule, written);
      return hidden;
    },
    text,
    named: (name, value) => (isSecretName(name) ? hide(value) : text(value)),
  };
}

const maxKnownSecrets = 1000;
const maxKnownChars = 1000;

function redaction(key: Uint8Array, secret: string): string {
  return redactionOf(createHmac('sha256', key).update(secret).digest('hex'));
}

/** A value that is hidden whole: by a rule alone, or for what it is called, which a rule changes nothing about. */
export function hideWhole(
  redactor: Redactor,
  value: string,
  rule: Place | typeof ownRule | undefined,
  isNamed: boolean,
  written?: string,
): string {
  return isNamed || rule === undefined || rule === ownRule
    ? redactor.hide(value)
    : redactor.hideByRule(value, rule, written);
}
