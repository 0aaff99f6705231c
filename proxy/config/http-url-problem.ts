import { isLinkLocal } from '../routing/link-local.ts';
import { quote } from './problem.ts';

/** What is wrong with an address that Ficus itself asks; undefined: nothing. `noCredentials`: why it has no user. */
export function httpUrlProblem(text: string, noCredentials: string): string | undefined {
  const url = URL.parse(text);
  if (!url || !/^https?:\/\//i.test(text)) return `${quote(text)} is no http:// or https:// URL`;
  if (url.username !== '' || url.password !== '') return noCredentials;
  if (url.hash !== '') return 'must not have a fragment';
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  if (isLinkLocal(hostname)) return `${quote(hostname)} is a link-local or metadata address`;
  return undefined;
}
