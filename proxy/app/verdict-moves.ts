import type { AdminDeps } from '../admin/admin-deps.ts';
import type { Judging } from '../evidence/judging.ts';
import type { UndoneVerdict } from '../evidence/verdict-undo.ts';
import type { AuditEntry, KeptVerdict } from '../store/model.ts';

/** What people decide on differences: each decision has its entry in the audit, and gates go by it at once. */
export function verdictMoves(
  judging: Judging,
  then: { recordAudit(entry: AuditEntry): Promise<void>; reconcile(): void },
): Pick<AdminDeps, 'judge' | 'undoVerdicts'> {
  return {
    async judge(migration, orders) {
      const judged = await judging.judge(migration, orders);
      if ('problems' in judged) return { done: false, reasons: judged.problems };
      for (const verdict of judged) await then.recordAudit(verdictEntry(verdict));
      then.reconcile();
      return { done: true, verdicts: judged };
    },
    async undoVerdicts(migration, order) {
      const undone = await judging.undo(migration, order);
      if ('problems' in undone) return { done: false, reasons: undone.problems };
      for (const one of undone) await then.recordAudit(undoEntry(one, order.reason));
      then.reconcile();
      return { done: true, undone };
    },
  };
}

function verdictEntry(decided: KeptVerdict): AuditEntry {
  const { at, actor, migration, reason, until = null, ...rest } = decided;
  const { signature, verdict, owner, route, place, kind, serviceBuild } = rest;
  const detail = { signature, verdict, owner, until, route, place, kind, serviceBuild };
  return { at, actor, action: 'verdict', migration, reason, detail };
}

/** `verdict`: what was taken back; `now`: what holds again, or `withdrawn`. */
function undoEntry({ undone, added }: UndoneVerdict, reason: string): AuditEntry {
  const { at, actor, migration, signature, route, place, kind, verdict: now } = added;
  const detail = { signature, verdict: undone.verdict, decidedBy: undone.actor, now, route, place, kind };
  return { at, actor, action: 'verdict-undone', migration, reason, detail };
}
