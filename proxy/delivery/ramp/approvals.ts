import type { EvidenceKey } from '../../evidence/model.ts';
import type { ApprovalRule } from '../../routing/model.ts';
import { type Approval, BY_FLAG, isAmongAskers, personOf, type Ramp } from './detail.ts';

/** How one rule of `canary.approvals` stands. */
export interface ApprovalState {
  /** Percent: the step that reaches it waits. */
  readonly before: number;
  /** People who must say yes. */
  readonly needed: number;
  /** Names of those who did, whoever asked for the ramp left out. */
  readonly given: readonly string[];
}

/**
 * How every rule stands. An approval counts once a person, for the builds and comparison rules it was given under, and
 * never from who asked. While it is not known who raised a flag elsewhere, they may be among those who approve: then
 * one person more is needed.
 */
export function approvalStates(
  rules: readonly ApprovalRule[],
  approvals: readonly Approval[],
  ramp: Ramp | undefined,
  key: EvidenceKey,
): ApprovalState[] {
  return rules.map(({ before, by }) => {
    const given = approvals.filter(
      (approval) =>
        approval.before === before &&
        approval.serviceBuild === key.serviceBuild &&
        approval.monolithBuild === key.monolithBuild &&
        approval.rulesHash === key.rulesHash &&
        (ramp === undefined || !isAmongAskers(approval.by, ramp.by)),
    );
    return {
      before,
      needed: ramp?.by === BY_FLAG ? by + 1 : by,
      given: [...new Set(given.map((approval) => personOf(approval.by)))],
    };
  });
}

/** The first rule that still wants somebody, of those that a share of `granted` percent has not passed yet. */
export function missingApproval(
  states: readonly ApprovalState[],
  granted: number,
): ApprovalState | undefined {
  return states.find(({ before, needed, given }) => before > granted && given.length < needed);
}
