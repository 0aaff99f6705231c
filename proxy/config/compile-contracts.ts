import { resolve } from 'node:path';
import type { ContractPlaces, PactBroker } from '../routing/model.ts';
import type { ContractsConfig } from './contracts-schema.ts';
import { defaults } from './defaults.ts';
import { httpUrlProblem } from './http-url-problem.ts';
import type { Path, Report } from './problem.ts';
import type { Sound } from './sound.ts';

type Config = Sound<ContractsConfig>;

export function compileContracts(
  config: Config,
  service: string,
  baseDir: string,
  path: Path,
  report: Report,
): ContractPlaces {
  const { pacts, states } = { ...defaults.contracts, ...config };
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(pacts);
  if (isAddress) reportAddress(pacts, [...path, 'pacts'], report);
  return {
    pacts: isAddress ? pacts : resolve(baseDir, pacts),
    states: resolve(baseDir, states),
    ...(config.broker && { broker: compileBroker(config.broker, service, [...path, 'broker'], report) }),
  };
}

function compileBroker(
  config: NonNullable<Config['broker']>,
  service: string,
  path: Path,
  report: Report,
): PactBroker {
  const { selectors, pending, publish } = { ...defaults.broker, ...config };
  const { url, provider = service, branch, wipSince } = config;
  if (url !== undefined) reportAddress(url, [...path, 'url'], report);
  if (config.publish && branch === undefined && pending)
    report([...path, 'publish'], 'needs branch beside it: the broker tells by it which pacts are pending');
  return {
    url: url?.replace(/\/+$/, '') ?? '',
    provider,
    selectors: selectors.flatMap((one) => (one === undefined ? [] : [withoutGaps(one)])),
    ...(branch !== undefined && { branch }),
    ...(wipSince !== undefined && { wipSince }),
    pending,
    publish,
  };
}

function withoutGaps(selector: object): Record<string, string | boolean> {
  return Object.fromEntries(Object.entries(selector).filter(([, value]) => value !== undefined));
}

/** What is asked comes from here only, so that it is looked at here. */
function reportAddress(text: string, path: Path, report: Report): void {
  const problem = httpUrlProblem(
    text,
    'must not carry credentials; set PACT_BROKER_TOKEN in the environment',
  );
  if (problem !== undefined) report(path, problem);
}
