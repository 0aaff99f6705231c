import type { JudgeResult, UndoResult } from '../../../proxy/admin/admin-deps.ts';
import type { ListedSignature } from '../../../proxy/evidence/list-signatures.ts';
import { type VerdictOrder, verdictProblem } from '../../../proxy/evidence/verdict-order.ts';
import { conflictTexts, type UndoOrder } from '../../../proxy/evidence/verdict-undo.ts';
import type { KeptVerdict } from '../../../proxy/store/model.ts';
import { verdictStack } from '../../../proxy/store/verdict-stack.ts';
import { priceVerdict } from './sample-data.ts';

interface Judged {
  readonly signatures: readonly ListedSignature[];
  /** Newest first. */
  readonly verdicts: readonly KeptVerdict[];
}

type Keep = (row: Omit<KeptVerdict, 'seq'>) => KeptVerdict;

const at = '2026-11-20T12:00:00.000Z';

export function judgeIn(
  { signatures }: Judged,
  migration: string,
  orders: readonly VerdictOrder[],
  keep: Keep,
): JudgeResult {
  const find = (signature: string) => signatures.find((one) => one.signature === signature);
  const problems = orders.flatMap((order) => {
    if (!find(order.signature)) return [`Nothing has shown the signature "${order.signature}".`];
    return verdictProblem(order, Date.parse(at)) ?? [];
  });
  if (problems.length > 0) return { done: false, reasons: [...new Set(problems)] };
  const verdicts = orders.map((order) => {
    const { pairs, routePairs, place, route, kind } = find(order.signature)!;
    const { until: _, ...before } = priceVerdict;
    const about = { migration, pairs, routePairs, place, route, kind };
    return keep({ ...before, ...about, at, ...order, owner: order.owner ?? 'team-catalog' });
  });
  return { done: true, verdicts };
}

export function undoIn(
  { verdicts: all }: Judged,
  migration: string,
  { verdicts, reason, actor }: UndoOrder,
  keep: Keep,
): UndoResult {
  const stacks = verdicts.map(({ signature, seq }) => {
    const history = all.filter((row) => row.signature === signature);
    return { signature, stack: history[0]?.seq === seq ? verdictStack(history) : [] };
  });
  const conflicts = stacks.filter(({ stack }) => stack.length === 0).map(({ signature }) => signature);
  if (conflicts.length > 0) return { done: false, reasons: conflictTexts(conflicts) };
  const undone = stacks.map(({ stack }) => {
    const taken = stack.at(-1)!;
    const before = stack.at(-2) ?? { ...taken, verdict: 'withdrawn' as const, reason };
    return { undone: taken, added: keep({ ...before, migration, actor, undoes: taken.seq }) };
  });
  return { done: true, undone };
}

export function withVerdict(signature: ListedSignature, kept: KeptVerdict): ListedSignature {
  const { verdict: _verdict, by: _by, ...others } = signature;
  const { verdict } = kept;
  if (verdict === 'withdrawn') return { ...others, state: 'unjudged' };
  const isOver = kept.until !== undefined && kept.until < at;
  return { ...others, state: isOver ? 'expired' : verdict, by: 'verdict', verdict: { ...kept, verdict } };
}
