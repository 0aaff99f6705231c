/** Parts of names whose values are secrets: of headers, JSON keys, query parameters, form fields, cookies. */
export const secretNamePart =
  'pass(?:word|wd|phrase)|passcode|secret|token|api[-_. ]?key|private[-_. ]?key|access[-_. ]?key|credential|session|authorization|bearer';

const secretPart = new RegExp(secretNamePart, 'i');

/** Names that are secret as a whole; as parts they would hit `side`, `opinion`, `author`. */
export const secretWholeName = 'auth|cookie|cvc|cvv|jwt|otp|pin|pwd|set-cookie|sid|ssn';

const secretNames: ReadonlySet<string> = new Set(secretWholeName.split('|'));

/** Over-cautious on purpose: `tokenCount` is redacted too, and costs nothing, since equality stays visible. */
export function isSecretName(name: string): boolean {
  if (name.length > 200) return secretPart.test(name);
  const known = verdicts.get(name);
  if (known !== undefined) return known;
  const secret = secretPart.test(name) || secretNames.has(name.toLowerCase());
  // Names recur endlessly, but an upstream may make up new ones.
  if (verdicts.size >= maxKnownNames) verdicts.clear();
  verdicts.set(name, secret);
  return secret;
}

const maxKnownNames = 5000;
const verdicts = new Map<string, boolean>();
