import type { Express, Request } from 'express';
import { z } from 'zod';
import { comparePlaces, placeOf } from '../evidence/list-signatures.ts';
import type { AdminDeps } from './admin-deps.ts';
import type { PairRow, SignatureDetail, SignatureList, Verification } from './api-types.ts';
import { knownMigration } from './known-migration.ts';
import { limitOf, pageOf, placeIn } from './pages.ts';
import { AdminProblem } from './problem.ts';
import { readStore } from './read-store.ts';
import { actorOf } from './request-actor.ts';

const mostSignatures = 1_000;
const signaturePlace = z.tuple([z.number(), z.number(), z.number(), z.string()]);
const pairPlace = z.strictObject({ at: z.iso.datetime(), id: z.string().max(100) });

/** Differences and contracts: what a gate's answer rests on. */
export function addEvidenceRoutes(app: Express, { delivery, reads, verify, linked }: AdminDeps): void {
  const verifying = new Set<string>();

  app.get('/api/migrations/:id/signatures', async (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    const limit = limitOf(request, mostSignatures);
    const after = placeIn(request, signaturePlace);
    const all = await readStore(() => reads.listSignatures(id, buildOf(request)));
    const rest = after ? all.filter((one) => comparePlaces(placeOf(one), after) > 0) : all;
    const { rows: signatures, next } = pageOf(rest, limit, placeOf);
    response.json({ signatures, ...next } satisfies SignatureList);
  });

  app.get('/api/migrations/:id/signatures/:signature', async (request, response) => {
    const { id, builds } = knownMigration(delivery, request.params.id);
    const wanted = request.params.signature;
    const build = buildOf(request);
    const signatures = await readStore(() => reads.listSignatures(id, build));
    const signature = signatures.find((row) => row.signature === wanted);
    if (!signature) {
      const under = build === undefined ? 'its builds of now' : `build ${build}`;
      throw new AdminProblem('unknown_signature', `No pair of ${id} under ${under} shows "${wanted}".`);
    }
    const limit = limitOf(request, 3);
    const after = placeIn(request, pairPlace);
    const [found, verdicts] = await readStore(() =>
      Promise.all([
        reads.pairsOfSignature(id, wanted, limit + 1, build ?? builds.service, after),
        reads.verdicts(id, wanted),
      ]),
    );
    const { rows, next } = pageOf(found, limit, ({ at, id: pair }) => ({ at, id: pair }));
    const pairs = await readStore(() => linked(rows));
    const answer: SignatureDetail = { signature, pairs, verdicts, ...next };
    response.json(answer);
  });

  app.get('/api/pairs/:pair', async (request, response) => {
    const { pair: id } = request.params;
    const pair = await readStore(() => reads.pair(id));
    if (!pair) throw new AdminProblem('unknown_pair', `There is no pair "${id}", or it was dropped by age.`);
    const [answer] = await readStore(() => linked([pair]));
    response.json(answer satisfies PairRow | undefined);
  });

  app.post('/api/migrations/:id/verify', async (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    // Provider states change the upstreams' data: two runs at a time would fail each other.
    if (verifying.has(id)) {
      throw new AdminProblem('verification_running', `${id} is being verified; ask again when that is over.`);
    }
    verifying.add(id);
    try {
      const result = await verify(id, actorOf(request));
      if (!result.done) {
        throw new AdminProblem('nothing_to_verify', result.reasons.join(' '), { reasons: result.reasons });
      }
      const { results, problems } = result;
      response.json({ migration: id, results, problems } satisfies Verification);
    } finally {
      verifying.delete(id);
    }
  });
}

function buildOf(request: Request): string | undefined {
  const build = request.query['build'];
  return typeof build === 'string' && build !== '' ? build : undefined;
}
