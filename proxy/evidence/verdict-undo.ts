import type { KeptVerdict } from '../store/model.ts';

/** Verdicts of one migration to be taken back, so that those before them hold again: all of them or none. */
export interface UndoOrder {
  /** `seq`: of the newest verdict on it that whoever takes it back has seen. */
  readonly verdicts: readonly { readonly signature: string; readonly seq: number }[];
  readonly reason: string;
  readonly actor: string;
}

/** What was taken back, and what was kept of that: it says what holds now. */
export interface UndoneVerdict {
  readonly undone: KeptVerdict;
  readonly added: KeptVerdict;
}

/** Why nothing was taken back, a sentence for each signature. */
export function conflictTexts(conflicts: readonly string[]): string[] {
  return conflicts.map(
    (signature) => `${signature}: somebody judged it or took that back meanwhile, or nobody ever judged it.`,
  );
}
