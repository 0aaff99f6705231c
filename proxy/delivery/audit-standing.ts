import type { AuditEntry } from '../store/model.ts';
import type { Delivery } from './model.ts';

/**
 * The same entry with where its migration stood when it was written, and by which evidence: what somebody who
 * asks a year later why it was moved has to know. An entry that has it already is left as it is.
 */
export function withStanding(entry: AuditEntry, delivery: Pick<Delivery, 'status' | 'gate'>): AuditEntry {
  const { migration, detail } = entry;
  if (migration === undefined || 'evidence' in detail) return entry;
  const status = delivery.status(migration);
  const gate = delivery.gate(migration);
  if (!status || !gate) return entry;
  const { monolithBuild, serviceBuild, rulesHash } = gate.key;
  const evidence = {
    revision: status.revision,
    phase: status.phase,
    share: status.share,
    gate: gate.state,
    unmet: gate.reasons.filter(({ state }) => state !== 'met').map(({ text }) => text),
    key: { monolithBuild, serviceBuild, rulesHash },
    pairs: status.pairs,
  };
  return { ...entry, detail: { ...detail, evidence } };
}

const backward: ReadonlySet<string> = new Set(['rollback', 'gate-closed', 'guard', 'abort']);

/** Whether the entry is of a migration that went back, by whomever. */
export function takesBack(entry: AuditEntry): entry is AuditEntry & { readonly migration: string } {
  return entry.migration !== undefined && backward.has(entry.action);
}
