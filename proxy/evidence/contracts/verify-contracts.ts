import type { Logger } from 'pino';
import type { Migration, Upstream } from '../../routing/model.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { ContractEvidence } from '../model.ts';
import { type ContractFailure, judgeReport } from './judge-report.ts';
import { listPacts } from './list-pacts.ts';
import type { PactFile } from './pact-file.ts';
import { environmentPrefix } from './placeholders.ts';
import { type ProviderStates, readProviderStates } from './provider-states.ts';
import { runVerification } from './run-verification.ts';

export interface VerifyContractsInput {
  readonly migration: Pick<Migration, 'id' | 'service' | 'routes'>;
  /** The two sides; each pact is verified against both. */
  readonly upstreams: { readonly monolith: Upstream; readonly service: Upstream };
  /** What runs behind them. */
  readonly builds: { readonly monolith: string; readonly service: string };
  readonly pactsDir: string;
  /** Has `<service>.yaml`. */
  readonly statesDir: string;
  /** Variables that provider states may use; only those that start with `PACT_` are looked at. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  readonly clock: Clock;
  /** For one pact against one side. */
  readonly timeoutMs: number;
}

export interface ContractVerification {
  readonly evidence: ContractEvidence;
  readonly file: string;
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
 * Verifies every pact that has the migration's service as its provider, against the monolith and the service,
 * one after the other: states may change data that the next one reads.
 */
export async function verifyContracts(input: VerifyContractsInput): Promise<VerifiedContracts> {
  const { migration, pactsDir, statesDir, log } = input;
  const { pacts, problems } = await listPacts(pactsDir, migration.service);
  if (pacts.length === 0) {
    const none = `no pact in ${pactsDir} has the provider ${JSON.stringify(migration.service)}`;
    return { results: [], problems: [...problems, none] };
  }
  const read = await readProviderStates(statesDir, migration.service);
  if (!read.ok) return { results: [], problems: [...problems, ...read.problems] };
  const results: ContractVerification[] = [];
  for (const pact of pacts) {
    for (const side of ['monolith', 'service'] as const) {
      const result = await verifySide(input, pact, side, read.states);
      results.push({ ...result, warnings: [...read.warnings, ...result.warnings] });
      const { outcome, consumer, build, interactions } = result.evidence;
      log.info(
        { migration: migration.id, side, consumer, build, outcome, interactions: interactions.length },
        'contract verified',
      );
    }
  }
  return { results, problems };
}

async function verifySide(
  input: VerifyContractsInput,
  pact: PactFile,
  side: 'monolith' | 'service',
  states: ProviderStates,
): Promise<ContractVerification> {
  const upstream = input.upstreams[side];
  const env = contractEnvironment(input.env);
  // The upstream's own deadline for the head of an answer is kept on the way there, and gives the better reason.
  const requestTimeoutMs = upstream.responseTimeoutMs + upstream.idleTimeoutMs;
  const report = await runVerification(
    { pactFile: pact.file, provider: pact.provider, upstream, states, env, requestTimeoutMs },
    input.timeoutMs,
  );
  const judged = judgeReport(report, pact);
  const evidence: ContractEvidence = {
    side,
    consumer: pact.consumer,
    build: input.builds[side],
    pactHash: pact.pactHash,
    outcome: judged.failures.length === 0 ? 'passed' : 'failed',
    interactions: judged.interactions,
    at: new Date(input.clock.now()).toISOString(),
  };
  const mask = maskOf(env);
  return {
    evidence,
    file: pact.file,
    failures: judged.failures.map(({ subject, problems }) => ({
      subject: mask(subject),
      problems: problems.map(mask),
    })),
    warnings: [
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
