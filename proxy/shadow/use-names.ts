/** The words in which requests are counted, of live traffic and of pacts alike. */

/** Names of parameters kept of one query; clients choose them, so that their number means nothing. */
const maxParameters = 12;

/** In place of what is no plain name: it might be a secret, and each would be counted apart. */
export const odd = 'odd';
export const none = 'none';

/** Names as programs have them; what is long, odd or full of digits may be a token, a card number, an address. */
export function plainName(text: string): string {
  if (!/^[a-z_][\w.:[\]-]{0,39}$/i.test(text) || /\d(?:\D?\d){4}/.test(text)) return odd;
  return text;
}

/** Of a query without its `?`: the names of its parameters, sorted, each once; `none` without any. */
export function queryNames(query: string): string {
  return joinedNames(namesIn(query));
}

function* namesIn(query: string): Iterable<string> {
  for (const part of query.split('&')) {
    const name = part.split('=', 1)[0]!;
    if (name !== '') yield decoded(name);
  }
}

/** The same of names that are decoded already. */
export function joinedNames(names: Iterable<string>): string {
  const plain = new Set<string>();
  for (const name of names) {
    plain.add(plainName(name));
    if (plain.size === maxParameters) break;
  }
  return plain.size === 0 ? none : [...plain].sort().join(',');
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return odd;
  }
}

/** A media type without its parameters. */
export function plainMediaType(text: string | undefined): string {
  const type = text?.split(';')[0]?.trim().toLowerCase();
  if (!type) return none;
  return /^[a-z0-9.+-]{1,40}\/[a-z0-9.+-]{1,60}$/.test(type) ? type : odd;
}
