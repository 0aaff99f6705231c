import type { Delivery, GateAnswer, MigrationStatus } from '../delivery/model.ts';

/** The same, with warnings about each migration on what it says of it; moves are not touched. */
export function withWarnings(
  delivery: Delivery,
  warningsOf: (migration: string) => readonly string[],
): Delivery {
  const warned = <Told extends MigrationStatus | GateAnswer>(migration: string, told: Told): Told => {
    const warnings = [...(told.warnings ?? []), ...warningsOf(migration)];
    return warnings.length === 0 ? told : { ...told, warnings };
  };
  return {
    list: () => delivery.list().map((status) => warned(status.id, status)),
    status(id) {
      const status = delivery.status(id);
      return status && warned(id, status);
    },
    gate(id) {
      const answer = delivery.gate(id);
      return answer && warned(id, answer);
    },
    shadow: (...order) => delivery.shadow(...order),
    promote: (...order) => delivery.promote(...order),
    rollback: (...order) => delivery.rollback(...order),
    pause: (...order) => delivery.pause(...order),
    resume: (...order) => delivery.resume(...order),
    abort: (...order) => delivery.abort(...order),
    approve: (...order) => delivery.approve(...order),
    retire: (...order) => delivery.retire(...order),
    clearGuard: (...order) => delivery.clearGuard(...order),
  };
}
