import type { Express } from 'express';
import type { VerdictOrder } from '../evidence/verdict-order.ts';
import type { KeptVerdict } from '../store/model.ts';
import type { AdminDeps } from './admin-deps.ts';
import type {
  UndoRequest,
  VerdictDone,
  VerdictList,
  VerdictRequest,
  VerdictsDone,
  VerdictsRequest,
} from './api-types.ts';
import { knownMigration } from './known-migration.ts';
import { AdminProblem } from './problem.ts';
import { readStore } from './read-store.ts';
import { actorOf } from './request-actor.ts';

/** What people decide on differences. The body has been held against openapi.yaml by then. */
export function addVerdictRoutes(app: Express, { delivery, reads, judge, undoVerdicts }: AdminDeps): void {
  app.get('/api/migrations/:id/verdicts', async (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    const verdicts = await readStore(() => reads.standingVerdicts(id));
    response.json({ migration: id, verdicts } satisfies VerdictList);
  });

  app.post('/api/signatures/:signature/verdict', async (request, response) => {
    const { signature } = request.params;
    const migration = await readStore(() => reads.migrationOf(signature));
    if (migration === undefined)
      throw new AdminProblem('unknown_signature', `Nothing has shown the signature "${signature}".`);
    const { id } = knownMigration(delivery, migration);
    const order = orderOf(signature, request.body, actorOf(request).name);
    const [verdict] = await judgeAll(id, [order]);
    response.json({ verdict: verdict!, text: textOf(verdict!) } satisfies VerdictDone);
  });

  app.post('/api/migrations/:id/verdicts', async (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    const { signatures, ...decided }: VerdictsRequest = request.body;
    const actor = actorOf(request).name;
    const verdicts = await judgeAll(
      id,
      signatures.map((signature) => orderOf(signature, decided, actor)),
    );
    const [first] = verdicts;
    const text =
      verdicts.length === 1
        ? textOf(first!)
        : `${verdicts.length} differences of ${id}: ${first!.verdict}, by ${first!.owner}.`;
    response.json({ verdicts, text } satisfies VerdictsDone);
  });

  app.post('/api/migrations/:id/verdicts/undo', async (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    const { verdicts, reason = 'taken back' }: UndoRequest = request.body;
    const order = { verdicts, reason, actor: actorOf(request).name };
    const result = await readStore(() => undoVerdicts(id, order));
    if (!result.done)
      throw new AdminProblem('verdict_conflict', result.reasons.join(' '), { reasons: result.reasons });
    const now = result.undone.map(({ added }) => added);
    response.json({ verdicts: now, text: undoneText(id, now) } satisfies VerdictsDone);
  });

  async function judgeAll(id: string, orders: readonly VerdictOrder[]): Promise<readonly KeptVerdict[]> {
    const result = await readStore(() => judge(id, orders));
    if (result.done) return result.verdicts;
    const { reasons } = result;
    throw new AdminProblem('invalid', reasons.join(' '), reasons.length > 1 ? { reasons } : {});
  }
}

function orderOf(
  signature: string,
  { verdict, reason, owner, until }: VerdictRequest,
  actor: string,
): VerdictOrder {
  return {
    signature,
    verdict,
    reason,
    ...(owner !== undefined && { owner }),
    ...(until !== undefined && { until: new Date(until).toISOString() }),
    actor,
  };
}

function textOf({ place, route, verdict, owner }: KeptVerdict): string {
  return `${place} of ${route}: ${verdict}, by ${owner}.`;
}

function undoneText(id: string, now: readonly KeptVerdict[]): string {
  if (now.length !== 1) return `${now.length} verdicts of ${id} are taken back.`;
  const [{ place, route, verdict, owner }] = now as readonly [KeptVerdict];
  const stands = verdict === 'withdrawn' ? 'unjudged again' : `${verdict} again, by ${owner}`;
  return `${place} of ${route}: ${stands}.`;
}
