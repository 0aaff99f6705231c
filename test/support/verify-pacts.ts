import path from 'node:path';
import { pino } from 'pino';
import { parseRoutes } from '../../proxy/config/parse-routes.ts';
import { listPacts, type PactListing } from '../../proxy/evidence/contracts/list-pacts.ts';
import type { VerificationRunner } from '../../proxy/evidence/contracts/run-verification.ts';
import { verifyContracts } from '../../proxy/evidence/contracts/verify-contracts.ts';
import { systemClock } from '../../proxy/telemetry/clock.ts';

const contracts = path.join(import.meta.dirname, '../../contracts');

/** Verifies a service's pacts as `ficus verify` does: the checkout's own, or those that are given. */
export async function verifyPacts(of: {
  readonly service: string;
  readonly urls: { readonly monolith: string; readonly service: string };
  readonly apiKey: string;
  readonly runner: VerificationRunner;
  readonly listing?: PactListing;
}) {
  const { service, urls, apiKey, runner, listing } = of;
  return verifyContracts({
    migration: { id: service, service, routes: [] },
    upstreams: { monolith: upstreamAt(urls.monolith), service: upstreamAt(urls.service) },
    builds: { monolith: 'm', service: 's' },
    listing: listing ?? (await listPacts(path.join(contracts, 'pacts'), service)),
    pactsIn: 'contracts/pacts',
    statesDir: path.join(contracts, 'states'),
    env: { PACT_API_KEY: apiKey },
    runner,
    log: pino({ level: 'silent' }),
    clock: systemClock,
    timeoutMs: 60_000,
  });
}

function upstreamAt(url: string) {
  const parsed = parseRoutes(`upstreams: { side: { url: '${url}' } }\ndefault: side\n`, {
    file: 'routes.yaml',
    baseDir: '/',
  });
  if (!parsed.ok) throw new Error(`no upstream at ${url}`);
  return parsed.model.upstreams[0]!;
}
