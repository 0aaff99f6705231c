import { hideEncoded, mayBeEncoded } from './redact-encoded.ts';
import { secretNamePart, secretWholeName } from './redact-names.ts';
import { ibanLength, isIban, isPaymentCard } from './redact-numbers.ts';

/** Makes a secret unreadable, and equal secrets equal. */
export type Hide = (secret: string) => string;

/**
 * Detectors for secrets in running text, applied in this order. Each is linear in the text: what it may
 * start at is limited by a lookbehind or a fixed word, and what follows is bounded or never backtracked over.
 */
const detectors: readonly {
  readonly name: string;
  /** Cheap necessary condition. */
  readonly mayOccur: (text: string) => boolean;
  readonly hideIn: (text: string, hide: Hide) => string;
}[] = [
  {
    name: 'named value',
    mayOccur: (text) => /[=:]|%3[ad]/i.test(text) && namedHint.test(text),
    hideIn: hideNamedValues,
  },
  { name: 'markup', mayOccur: (text) => text.includes('<') && namedHint.test(text), hideIn: hideMarkup },
  { name: 'credentials', mayOccur: (text) => credentialsHint.test(text), hideIn: hideCredentials },
  { name: 'JWT', mayOccur: (text) => text.includes('eyJ'), hideIn: hideJwts },
  { name: 'e-mail', mayOccur: (text) => atHint.test(text), hideIn: hideEmails },
  { name: 'IBAN', mayOccur: (text) => ibanHint.test(text), hideIn: hideIbans },
  { name: 'card number', mayOccur: (text) => digitsHint.test(text), hideIn: hideCards },
];

/** The text with every secret that a detector finds made unreadable, encoded ones too; the rest stays as it is. */
export function hideSecrets(text: string, hide: Hide): string {
  if (text.length < shortestSecret) return text;
  const hidden = anyHint.test(text) ? hidePlain(text, hide) : text;
  return mayBeEncoded(hidden) ? hideEncoded(hidden, hide, hasSecret) : hidden;
}

function hidePlain(text: string, hide: Hide): string {
  let hidden = text;
  for (const { mayOccur, hideIn } of detectors) if (mayOccur(hidden)) hidden = hideIn(hidden, hide);
  return hidden;
}

function hasSecret(text: string): boolean {
  return finds(detectors, text);
}

function finds(wanted: typeof detectors, text: string): boolean {
  if (text.length < shortestSecret || !anyHint.test(text)) return false;
  let found = false;
  const note: Hide = () => {
    found = true;
    return '';
  };
  for (const { mayOccur, hideIn } of wanted) if (!found && mayOccur(text)) hideIn(text, note);
  return found;
}

const personal: ReadonlySet<string> = new Set(['e-mail', 'IBAN']);
const ofCredentials = detectors.filter(({ name }) => !personal.has(name));

/** Whether there is a credential or a card number in it, encoded ones too: who has one can act with it. */
export function holdsCredential(text: string): boolean {
  if (finds(ofCredentials, text)) return true;
  let found = false;
  const note: Hide = () => {
    found = true;
    return '';
  };
  if (mayBeEncoded(text)) hideEncoded(text, note, (decoded) => finds(ofCredentials, decoded));
  return found;
}

/** `a@b.c`. */
const shortestSecret = 5;

/** Necessary for any detector: most texts end here. */
const anyHint = /[@<=:%&\\]|eyJ|[a-z]{2}\d\d|\d[ -]?\d{2}[ -]?\d|(?:bearer|basic)\s/i;

const wholeName = `(?<![\\w-])(?:${secretWholeName})(?![\\w-])`;
const namedHint = new RegExp(`${secretNamePart}|${wholeName}`, 'i');
// password=…, ?sid=…, "token": "…", apiKey%3D…: in URLs, in JSON inside a string, in scripts. The value may be quoted.
const namedValue = new RegExp(
  `((?:(?:${secretNamePart})[\\w.-]{0,64}|${wholeName})\\\\?["']?\\s{0,4}(?:[=:]|%3[DdAa])\\s{0,4})` +
    `(\\\\?"(?:[^"\\\\\\n]|\\\\.){0,1024}[^"\\n]*|'[^'\\n]*|(?:(?:basic|bearer|digest)\\s{1,4})?[^\\s"'&<>,;{}[\\]()\\\\]+)`,
  'gi',
);

function hideNamedValues(text: string, hide: Hide): string {
  return text.replace(namedValue, (_, before: string, value: string) => before + hideAfterQuote(value, hide));
}

/** Hides what follows an opening quote, if there is one; the closing one is not part of `value`. */
function hideAfterQuote(value: string, hide: Hide): string {
  const quote = /^\\?["']/.exec(value)?.[0] ?? '';
  return quote + hide(value.slice(quote.length));
}

const tag = /<[^<>]+>/g;
const tagName = new RegExp(
  `(?:name|id|type)\\s*=\\s*["']?[\\w.:-]{0,64}?(?:${secretNamePart}|\\b(?:pin|otp|cvc|cvv|pwd|sid)\\b)`,
  'i',
);
const tagValue = /(\s(?:value|content)\s*=\s*)("[^"]*|'[^']*|[^\s"'>]+)/gi;
// <password>…</password>, <wsse:Password Type="…">…</wsse:Password>
const secretElement = new RegExp(
  `(<[\\w.:-]{0,64}?(?:${secretNamePart})[\\w.-]{0,64}(?:\\s[^<>]*)?>(?:<!\\[CDATA\\[)?)([^<>]+?)(?=\\]\\]>|[<>]|$)`,
  'gi',
);

/** The values of HTML fields and the contents of XML elements that are named like secrets. */
function hideMarkup(text: string, hide: Hide): string {
  const hideValue = (_: string, before: string, value: string) => before + hideAfterQuote(value, hide);
  return text
    .replace(tag, (whole) => (tagName.test(whole) ? whole.replace(tagValue, hideValue) : whole))
    .replace(secretElement, (_, before: string, content: string) => `${before}${hide(content)}`);
}

const credentialsHint = /(?:bearer|basic)\s/i;
const credentials = /((bearer|basic)\s{1,8})([\w.~+/=-]{8,})/gi;

/** What follows an authentication scheme; `Basic` is a common word, so that must hold a user and a password. */
function hideCredentials(text: string, hide: Hide): string {
  return text.replace(credentials, (whole, before: string, scheme: string, token: string) => {
    const isWord = scheme.toLowerCase() === 'basic' && !Buffer.from(token, 'base64').includes(':');
    return isWord ? whole : `${before}${hide(token)}`;
  });
}

// Runs of token characters are taken whole, each looked at once.
const tokenRun = /(?<![\w.-])[\w.-]{20,}/g;

function hideJwts(text: string, hide: Hide): string {
  return text.replace(tokenRun, (run) => {
    const from = run.indexOf('eyJ');
    if (from < 0 || run.slice(from).split('.').length < 3) return run;
    return run.slice(0, from) + hide(run.slice(from));
  });
}

/** Also as URLs, HTML and JSON write it. */
const atHint = /@|%40|&#(?:64|x40);|\\u0040/i;
const email =
  /(?<![\p{L}\p{N}.!#$%&'*+?^_`|~-])[\p{L}\p{N}.!#$%&'*+?^_`|~-]+(?:@|%40|&#(?:64|x40);|\\u0040)[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;

function hideEmails(text: string, hide: Hide): string {
  return text.replace(email, (address) => hide(address));
}

const ibanHint = /[a-z]{2}\d\d/i;
const ibanStart = /(?<![a-z0-9])([a-z]{2})\d\d/gi;

/** The country says how many characters an account number has, so what follows it stays: `DE89 … 00 EUR`. */
function hideIbans(text: string, hide: Hide): string {
  let hidden = '';
  let done = 0;
  for (const { index, 1: country = '' } of text.matchAll(ibanStart)) {
    const to = index < done ? undefined : endOfRun(text, index, ibanLength(country) ?? 0);
    if (to === undefined || !isIban(text.slice(index, to))) continue;
    hidden += text.slice(done, index) + hide(text.slice(index, to));
    done = to;
  }
  return hidden + text.slice(done);
}

/** End of a run of `length` letters and digits, with at most one space or hyphen between two of them. */
function endOfRun(text: string, from: number, length: number): number | undefined {
  let at = from;
  for (let count = 0; count < length; count++, at++) {
    if (count > 0 && /[ -]/.test(text.charAt(at))) at++;
    if (!/[a-z0-9]/i.test(text.charAt(at))) return undefined;
  }
  return at;
}

const digitsHint = /\d[ -]?\d{2}[ -]?\d/;

/** Any run of groups of digits, each a space or a hyphen from the next, that together are a card number. */
function hideCards(text: string, hide: Hide): string {
  const groups = [...text.matchAll(/\d+/g)].map(({ index, 0: digits }) => ({
    from: index,
    to: index + digits.length,
  }));
  let hidden = '';
  let done = 0;
  for (let first = 0; first < groups.length; first++) {
    const last = cardFrom(text, groups, first);
    if (last === undefined) continue;
    const [from, to] = [groups[first]!.from, groups[last]!.to];
    hidden += text.slice(done, from) + hide(text.slice(from, to));
    done = to;
    first = last;
  }
  return hidden + text.slice(done);
}

/** Index of the group with which a card number ends that begins with the group `first`. */
function cardFrom(
  text: string,
  groups: readonly { from: number; to: number }[],
  first: number,
): number | undefined {
  let digits = '';
  for (let last = first; last < groups.length; last++) {
    const { from, to } = groups[last]!;
    const before = last > first ? text.slice(groups[last - 1]!.to, from) : ' ';
    if ((before !== ' ' && before !== '-') || digits.length + to - from > 19) return undefined;
    digits += text.slice(from, to);
    if (isPaymentCard(digits)) return last;
  }
  return undefined;
}
