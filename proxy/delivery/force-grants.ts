import { signForce } from '../flags/force-token.ts';
import type { AuditEntry } from '../store/model.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { Actor } from './model.ts';

/** A header that puts whoever sends it on one side of one migration. */
export interface ForceGranted {
  /** `Ficus-Force`. */
  readonly header: string;
  readonly value: string;
  /** ISO time from which on it counts no more. */
  readonly until: string;
}

export interface ForceGrants {
  /** Undefined: there is no key to sign with. */
  grant(
    migration: string,
    order: { readonly side: 'monolith' | 'service'; readonly minutes: number; readonly reason: string },
    actor: Actor,
  ): ForceGranted | undefined;
}

/** Signs such headers, each in the audit: who holds one is a user like any other, whatever the gate says. */
export function createForceGrants(deps: {
  readonly key: string | undefined;
  /** Never throws and is never awaited. */
  readonly audit: (entry: AuditEntry) => void;
  readonly clock: Clock;
}): ForceGrants {
  const { key, audit, clock } = deps;
  return {
    grant(migration, { side, minutes, reason }, { name }) {
      if (key === undefined) return undefined;
      const untilMs = clock.now() + minutes * 60_000;
      const value = signForce({ side, migration, untilMs, by: name }, key);
      const until = new Date(untilMs).toISOString();
      const at = new Date(clock.now()).toISOString();
      audit({ at, actor: name, action: 'force', migration, reason, detail: { side, until } });
      return { header: 'Ficus-Force', value, until };
    },
  };
}
