import type { Logger } from 'pino';
import type { Migration, Upstream } from '../../routing/model.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { ContractEvidence } from '../model.ts';
import { type ContractFailure, judgeReport } from './judge-report.ts';
import type { PactListing } from './list-pacts.ts';
import { hasHttp, type PactFile, subjectOf } from './pact-file.ts';
import { environmentPrefix } from './placeholders.ts';
import { type ProviderStates, type ReadStates, readProviderStates } from './provider-states.ts';
import type { VerificationRunner } from './run-verification.ts';
import { withoutMessages } from './without-messages.ts';

export interface VerifyContractsInput {
  readonly migration: Pick<Migration, 'id' | 'service' | 'routes'>;
  /** The two sides; each pact is verified against both. */
  readonly upstreams: { readonly monolith: Upstream; readonly service: Upstream };
  /** What runs behind them. */
  readonly builds: { readonly monolith: string; readonly service: string };
  /** Those whose provider the migration's service is. */
  readonly listing: PactListing;
  /** Where they are looked for, for people. */
  readonly pactsIn: string;
  /** Has `<service>.yaml`. */
  readonly statesDir: string;
  /** Variables that provider states may use; only those that start with `PACT_` are looked at. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly runner: VerificationRunner;
  readonly log: Logger;
  readonly clock: Clock;
  /** For one pact against one side. */
  readonly timeoutMs: number;
}

export interface ContractVerification {
  readonly evidence: ContractEvidence;
  readonly pact: PactFile;
  /** What it is held to, one line each, for people. */
  readonly interactions: readonly string[];
  /** Empty exactly if it passed. */
  readonly failures: readonly ContractFailure[];
  /** What did not fail it, but should be known. */
  readonly warnings: readonly string[];
}

export interface VerifiedContracts {
  readonly results: readonly ContractVerification[];
  /** What kept a pact from being verified at all, one sentence each; also that there is none. */
  readonly problems: readonly string[];
}

/**
 * Verifies every pact of the listing against the monolith and the service, one after the other: states may change
 * data that the next one reads. What a pact expects as messages is asked of the service only.
 */
export async function verifyContracts(input: VerifyContractsInput): Promise<VerifiedContracts> {
  const { migration, listing, pactsIn, statesDir } = input;
  const { pacts, problems } = listing;
  if (pacts.length === 0) {
    const none = `no pact in ${pactsIn} has the provider ${JSON.stringify(migration.service)}`;
    return { results: [], problems: [...problems, none] };
  }
  const read = await readProviderStates(statesDir, migration.service);
  if (!read.ok) return { results: [], problems: [...problems, ...read.problems] };
  const results: ContractVerification[] = [];
  for (const pact of pacts) {
    for (const side of sidesOf(pact)) results.push(await verifySide(input, pact, side, read));
  }
  return { results, problems };
}

type Side = 'monolith' | 'service';

const sidesOf = (pact: PactFile): readonly Side[] => (hasHttp(pact) ? ['monolith', 'service'] : ['service']);

async function verifySide(
  input: VerifyContractsInput,
  whole: PactFile,
  side: Side,
  read: Extract<ReadStates, { ok: true }>,
): Promise<ContractVerification> {
  const pact = side === 'monolith' ? withoutMessages(whole) : whole;
  const upstream = input.upstreams[side];
  const env = contractEnvironment(input.env);
  const { states, messages: messagePlace } = read;
  const report = await input.runner.run(
    {
      pact: pact.content,
      provider: pact.provider,
      upstream,
      states,
      messages: pact.interactions.flatMap(({ use, description }) => (use ? [] : [description])),
      messagePlace,
      env,
      // The upstream's own deadline for the head of an answer is kept on the way there, and gives the better reason.
      requestTimeoutMs: upstream.responseTimeoutMs + upstream.idleTimeoutMs,
    },
    input.timeoutMs,
  );
  const judged = judgeReport(report, pact);
  const evidence: ContractEvidence = {
    side,
    consumer: pact.consumer,
    build: input.builds[side],
    pactHash: pact.pactHash,
    outcome: judged.failures.length === 0 ? 'passed' : 'failed',
    interactions: judged.interactions.map(({ request }) => request),
    at: new Date(input.clock.now()).toISOString(),
  };
  const { outcome, consumer, build, interactions } = evidence;
  input.log.info(
    { migration: input.migration.id, side, consumer, build, outcome, interactions: interactions.length },
    'contract verified',
  );
  const mask = maskOf(env);
  return {
    evidence,
    pact,
    interactions: judged.interactions.map((interaction) => mask(subjectOf(interaction))),
    failures: judged.failures.map(({ subject, problems }) => ({
      subject: mask(subject),
      problems: problems.map(mask),
    })),
    warnings: [
      ...read.warnings,
      ...unknownStates(pact, states),
      ...(side === 'service' ? rewrittenRoutes(input.migration.routes) : []),
      ...judged.warnings.map(mask),
    ],
  };
}

function unknownStates(pact: PactFile, states: ProviderStates): string[] {
  const named = new Set(pact.interactions.flatMap((interaction) => interaction.states));
  return [...named]
    .filter((name) => !Object.hasOwn(states, name))
    .map((name) => `state ${JSON.stringify(name)} is not in the states file, so nothing is set up for it`);
}

/** A pact speaks of the paths that clients use; a service behind a rewrite serves others. */
function rewrittenRoutes(routes: Migration['routes']): string[] {
  return routes
    .filter(({ rewrite }) => rewrite !== undefined)
    .map(({ id, rewrite }) => `${id} is rewritten to ${rewrite} on the service, but verified without that`);
}

function contractEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[0].startsWith(environmentPrefix) && entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}

/** Hides the variables' values: a provider may repeat what it was sent, an API key among it. */
function maskOf(env: Readonly<Record<string, string>>): (text: string) => string {
  const secrets = Object.entries(env).filter(([, value]) => value.length >= shortestSecret);
  return (text) => secrets.reduce((hidden, [name, value]) => hidden.replaceAll(value, `<${name}>`), text);
}

/** Shorter values would hit half of every text. */
const shortestSecret = 4;
