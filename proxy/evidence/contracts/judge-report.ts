import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';
import { type PactFile, type PactInteraction, subjectOf } from './pact-file.ts';
import type { VerifyReport } from './verify-messages.ts';

/** What went wrong, for people. */
export interface ContractFailure {
  /** `POST /api/products: a new product`, `state "a valid API key"`, `connection`, `verifier`. */
  readonly subject: string;
  /** One sentence each: `status: expected 201 but was 404`, `body $.items[0].name: Expected 3 (Integer) to be …`. */
  readonly problems: readonly string[];
}

const mismatch = z.object({
  type: z.string(),
  mismatch: z.string().default(''),
  path: z.string().optional(),
  key: z.string().optional(),
});
const interactionResult = z.object({
  description: z.string(),
  result: z.string(),
  pending: z.boolean().default(false),
  providerStates: z.array(z.string()).default([]),
  mismatch: z.object({ mismatches: z.array(mismatch).default([]), message: z.string().optional() }).nullish(),
});
const verifierOutput = z.object({ result: z.boolean(), interactionResults: z.array(interactionResult) });

/** What a verification comes to. */
export interface ContractJudgement {
  /** Everything that speaks against the side; empty exactly if it passed. */
  readonly failures: readonly ContractFailure[];
  /** Those that the pact holds the side to. */
  readonly interactions: readonly PactInteraction[];
  readonly warnings: readonly string[];
}

export function judgeReport(report: VerifyReport, pact: PactFile): ContractJudgement {
  const unmet = unmetInteractions(report.output, pact);
  const failures: ContractFailure[] = [];
  if (!report.verified && report.connectionFailures.length > 0) {
    failures.push({ subject: 'connection', problems: report.connectionFailures });
  }
  for (const { state, problem } of report.stateFailures) {
    failures.push({ subject: `state ${JSON.stringify(state)}`, problems: [shown(problem)] });
  }
  for (const { message, problem } of report.messageFailures) {
    failures.push({ subject: `message ${message}`, problems: [shown(problem)] });
  }
  const explained = new Set(report.messageFailures.map(({ message }) => message));
  for (const { pending, failure, description } of unmet) {
    if (!pending && !explained.has(description)) failures.push(failure);
  }
  if (pact.interactions.length === 0)
    failures.push({ subject: 'pact', problems: ['has no interactions: it proves nothing'] });
  if (failures.length === 0 && !report.verified) {
    failures.push({ subject: 'verifier', problems: [shown(report.output) || noReason] });
  }
  // A pending interaction does not fail its pact; one that is not met proves nothing either.
  const pending = unmet.filter((each) => each.pending);
  const unproven = new Set(pending.map(({ interaction }) => interaction));
  return {
    failures,
    interactions: pact.interactions.filter((each) => !unproven.has(each)),
    warnings: pending.map(
      ({ failure }) => `pending and not met: ${failure.subject}: ${failure.problems.join('; ')}`,
    ),
  };
}

const noReason = 'failed without saying why';

interface UnmetInteraction {
  readonly description: string;
  readonly pending: boolean;
  readonly interaction: PactInteraction | undefined;
  readonly failure: ContractFailure;
}

function unmetInteractions(output: string, pact: PactFile): UnmetInteraction[] {
  const parsed = verifierOutput.safeParse(jsonOf(output));
  if (!parsed.success) return [];
  return parsed.data.interactionResults
    .filter(({ result }) => result !== 'OK')
    .map(({ description, providerStates, pending, mismatch: details }) => {
      const interaction = pact.interactions.find(
        (each) => each.description === description && each.states.join('\n') === providerStates.join('\n'),
      );
      const subject = interaction ? subjectOf(interaction) : description;
      const problems = (details?.mismatches ?? []).map(problemOf);
      if (problems.length === 0) problems.push(shown(details?.message ?? noReason));
      return { description, pending, interaction, failure: { subject, problems } };
    });
}

function problemOf({ type, mismatch: problem, path, key }: z.output<typeof mismatch>): string {
  const place = key ?? path;
  const where = type.replace(/(Type)?Mismatch$/, '').toLowerCase();
  return shown(`${where}${place && place !== '/' ? ` ${place}` : ''}: ${problem}`);
}

/** Characters of one sentence; a whole body may be quoted in it. */
const maxProblemChars = 1000;

function shown(text: string): string {
  const plain = stripVTControlCharacters(text).trim();
  return plain.length <= maxProblemChars ? plain : `${plain.slice(0, maxProblemChars)}… <cut>`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
