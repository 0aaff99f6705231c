import { createHash } from 'node:crypto';
import { ibanLength, isIban, isPaymentCard } from '../../../proxy/shadow/redact-numbers.ts';

export const kinds = [
  'email',
  'card',
  'iban',
  'jwt',
  'bearer',
  'basic',
  'password',
  'apiKey',
  'otp',
] as const;
export type Kind = (typeof kinds)[number];

/** One secret that nothing kept or printed may tell. */
export interface Planted {
  readonly kind: Kind;
  readonly secret: string;
  /** As it stands in running text. */
  readonly inText: string;
  /** The name that says what it is, for those that only a name tells. */
  readonly name: string | undefined;
}

/** The `n`th secret of a kind, valid as its kind goes; all of them differ. */
export function plant(kind: Kind, n: number): Planted {
  const word = createHash('sha256').update(`${kind}-${n}`).digest('hex').slice(0, 16);
  switch (kind) {
    case 'email':
      return unnamed(kind, `user-${word}@mail.example`);
    case 'card':
      return unnamed(kind, cardNumber(n));
    case 'iban':
      return unnamed(kind, iban(n));
    case 'jwt':
      return unnamed(kind, ['{"alg":"HS256"}', `{"sub":"${word}"}`, word].map(base64url).join('.'));
    case 'bearer':
      return { kind, secret: word, inText: `Bearer ${word}`, name: undefined };
    case 'basic': {
      const secret = Buffer.from(`u:${word}`).toString('base64');
      return { kind, secret, inText: `Basic ${secret}`, name: undefined };
    }
    case 'password':
      return { kind, secret: word, inText: `password=${word}`, name: 'password' };
    case 'apiKey':
      return { kind, secret: word, inText: `api_key: ${word}`, name: 'api_key' };
    case 'otp':
      return { kind, secret: word, inText: `otp=${word}`, name: 'otp' };
  }
}

const unnamed = (kind: Kind, secret: string): Planted => ({
  kind,
  secret,
  inText: secret,
  name: undefined,
});

const base64url = (text: string) => Buffer.from(text).toString('base64url');

function cardNumber(n: number): string {
  const most = `4${String(n).padStart(14, '7')}`;
  return findLast(most, isPaymentCard);
}

function iban(n: number): string {
  const account = String(n).padStart(ibanLength('DE')! - 4, '3');
  for (let check = 0; check < 100; check++) {
    const candidate = `DE${String(check).padStart(2, '0')}${account}`;
    if (isIban(candidate)) return candidate;
  }
  throw new Error('no check digits fit');
}

function findLast(most: string, fits: (text: string) => boolean): string {
  for (let digit = 0; digit < 10; digit++) if (fits(most + digit)) return most + digit;
  throw new Error('no check digit fits');
}

export interface PlantedRequest {
  readonly method: 'GET' | 'POST';
  readonly target: string;
  readonly headers: readonly string[];
  readonly body: string;
}

export interface PlantedAnswer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

export interface Exchange {
  readonly request: PlantedRequest;
  readonly answer: PlantedAnswer;
}

/** Where a secret can be, in a request for `path` or in its answer. `side` makes the two answers differ. */
export const places: Readonly<Record<string, (planted: Planted, path: string, side: string) => Exchange>> = {
  path: (planted, path, side) => get(`${path}/${encodeURIComponent(planted.inText)}`, text(`at ${side}`)),
  query: ({ secret, name, inText }, path, side) =>
    get(`${path}?${name ?? 'q'}=${encodeURIComponent(name ? secret : inText)}&x=1`, text(`at ${side}`)),
  'query, base64': ({ inText }, path, side) =>
    get(`${path}?state=${encodeURIComponent(base64(`to ${inText}`))}`, text(`at ${side}`)),
  header: ({ inText }, path, side) => get(path, text(`at ${side}`), ['X-Note', `for ${inText}`]),
  authorization: ({ secret }, path, side) =>
    get(path, text(`at ${side}`), ['Authorization', `Bearer ${secret}`]),
  cookie: ({ secret }, path, side) => get(path, text(`at ${side}`), ['Cookie', `a=1; basket=${secret}`]),
  form: ({ secret, name, inText }, path, side) =>
    post(
      path,
      'application/x-www-form-urlencoded',
      `${name ?? 'note'}=${encodeURIComponent(name ? secret : inText)}`,
      side,
    ),
  'JSON request': ({ secret, name, inText }, path, side) =>
    post(
      path,
      'application/json',
      JSON.stringify({ [name ?? 'note']: name ? secret : `it is ${inText}` }),
      side,
    ),
  JSON: ({ secret, name, inText }, path, side) =>
    get(path, json({ side, [name ?? 'note']: name ? secret : `it is ${inText}` })),
  'JSON in JSON': ({ secret, name, inText }, path, side) =>
    get(path, json({ side, event: JSON.stringify({ [name ?? 'note']: name ? secret : inText }) })),
  'JSON, base64': ({ inText }, path, side) => get(path, json({ side, blob: base64(`{"note":"${inText}"}`) })),
  'JSON, a URL': ({ secret, name, inText }, path, side) =>
    get(
      path,
      json({
        side,
        next: `https://shop.example/a?${name ?? 'q'}=${encodeURIComponent(name ? secret : inText)}`,
      }),
    ),
  'JSON key': ({ inText, name, secret }, path, side) =>
    get(path, json({ side, byUser: { [name ? `${name}=${secret}` : inText]: 1 } })),
  XML: ({ secret, name, inText }, path, side) =>
    get(
      path,
      body(
        'application/xml',
        `<a><by>${side}</by><${name ?? 'note'}>${name ? secret : inText}</${name ?? 'note'}></a>`,
      ),
    ),
  HTML: ({ secret, name, inText }, path, side) =>
    get(
      path,
      body('text/html', `<p>${side}</p><input name="${name ?? 'q'}" value="${name ? secret : inText}">`),
    ),
  'error text': ({ inText }, path, side) =>
    get(path, { ...text(`${side}: no luck with ${inText}\n  at run (a.js:1)`), status: 500 }),
  'broken JSON': ({ inText }, path, side) =>
    get(path, body('application/json', `{"a": "${side} ${inText}", `)),
  'answer header': ({ inText }, path, side) =>
    get(path, {
      ...text(`at ${side}`),
      headers: ['Content-Type', 'text/plain', 'X-Trace-Note', `${side} ${inText}`],
    }),
  'Set-Cookie': ({ secret }, path, side) =>
    get(path, {
      ...text('same'),
      headers: ['Content-Type', 'text/plain', 'Set-Cookie', `s=${side}${secret}; Path=/`],
    }),
  Location: ({ secret, name, inText }, path, side) =>
    get(path, {
      status: 302,
      headers: ['Location', `/b/${side}?${name ?? 'q'}=${encodeURIComponent(name ? secret : inText)}`],
      body: '',
    }),
};

const base64 = (plain: string) => Buffer.from(plain).toString('base64');
const body = (type: string, content: string): PlantedAnswer => ({
  status: 200,
  headers: ['Content-Type', type],
  body: content,
});
const text = (content: string) => body('text/plain', content);
const json = (value: unknown) => body('application/json', JSON.stringify(value));

function get(target: string, answer: PlantedAnswer, headers: readonly string[] = []): Exchange {
  return { request: { method: 'GET', target, headers, body: '' }, answer };
}

function post(target: string, type: string, content: string, side: string): Exchange {
  const request = { method: 'POST', target, headers: ['Content-Type', type], body: content } as const;
  return { request, answer: text(`at ${side}`) };
}

/** Every form in which a planted secret would tell itself. */
export function formsOf({ secret, inText }: Planted): string[] {
  const forms = [secret, encodeURIComponent(secret)];
  // Where base64 begins in a group of three decides how it looks; the middle is the same for each.
  for (const plain of [`to ${inText}`, `{"note":"${inText}"}`]) forms.push(base64(plain));
  return forms;
}
