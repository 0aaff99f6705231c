import type { PactFile } from './pact-file.ts';

/** The same pact, as far as it is about answers. Its hash stays: what it asks as a whole has not changed. */
export function withoutMessages(pact: PactFile): PactFile {
  if (pact.interactions.every(({ use }) => use !== undefined)) return pact;
  const { messages: _, interactions = [], ...rest } = JSON.parse(pact.content) as WrittenPact;
  const answers = interactions.filter(({ type }) => type === undefined || type === 'Synchronous/HTTP');
  return {
    ...pact,
    content: JSON.stringify({ ...rest, interactions: answers }),
    interactions: pact.interactions.filter(({ use }) => use !== undefined),
  };
}

/** As far as it was checked when it was read. */
interface WrittenPact {
  readonly messages?: unknown;
  readonly interactions?: readonly { readonly type?: string }[];
}
