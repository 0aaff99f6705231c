import type { ContractFailure } from './contracts/judge-report.ts';
import type { KeptFailure } from './model.ts';

const failuresAtMost = 20;
const longestText = 2000;

/** What is kept of a failed verification: it has answers of upstreams in it, so without what looks like a secret. */
export function keptFailures(
  failures: readonly ContractFailure[],
  hideSecrets: (text: string) => string,
): KeptFailure[] {
  const kept = failures.slice(0, failuresAtMost).map(({ subject, problems }) => ({
    interaction: cut(hideSecrets(subject)),
    text: cut(hideSecrets(problems.join('\n'))),
  }));
  const more = failures.length - kept.length;
  return more > 0 ? [...kept, { interaction: `${more} more`, text: 'not kept' }] : kept;
}

const cut = (text: string): string => (text.length > longestText ? `${text.slice(0, longestText)}…` : text);
