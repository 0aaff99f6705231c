import type { Killed, KillSwitch } from '../flags/kill-switch.ts';
import type { AuditEntry } from '../store/model.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { Actor } from './model.ts';

/** The kill switch as the admin plane shows it. */
export interface KillStatus {
  readonly on: boolean;
  /** Since when, by what, who asked and why, as far as that is known; absent while off. */
  readonly killed?: Killed;
  /** One sentence. */
  readonly text: string;
  readonly warnings: readonly string[];
}

export type KillOutcome =
  | { readonly done: true; readonly status: KillStatus }
  | { readonly done: false; readonly reasons: readonly string[] };

export interface KillControl {
  status(): KillStatus;
  /** In a sentence; undefined while it is off. */
  killed(): string | undefined;
  set(on: boolean, actor: Actor, reason: string): Promise<KillOutcome>;
}

export interface KillControlDeps {
  readonly kill: KillSwitch;
  /** Never throws and is never awaited. */
  readonly audit: (entry: AuditEntry) => void;
  readonly clock: Clock;
}

/** Turns the kill switch for people: with a reason, in the audit, and in words. */
export function createKillControl({ kill, audit, clock }: KillControlDeps): KillControl {
  function statusWith(warnings: readonly string[]): KillStatus {
    const killed = kill.state();
    return killed
      ? { on: true, killed, text: sentenceOf(killed), warnings }
      : { on: false, text: 'The kill switch is off: flags and evidence decide.', warnings };
  }
  return {
    status: () => statusWith([]),
    killed() {
      const killed = kill.state();
      return killed && sentenceOf(killed);
    },
    async set(on, actor, reason) {
      const wasOn = kill.state() !== undefined;
      const at = new Date(clock.now()).toISOString();
      const result = await (on ? kill.on(actor.name, reason) : kill.off(actor.name, reason));
      const problems = result.done ? result.warnings : [result.reason];
      const action = !result.done ? 'refused' : on ? 'kill' : 'kill-off';
      audit({
        at,
        actor: actor.name,
        action,
        reason,
        detail: { action: on ? 'kill' : 'kill-off', wasOn, problems },
      });
      if (!result.done) return { done: false, reasons: [result.reason] };
      return { done: true, status: statusWith(result.warnings) };
    },
  };
}

function sentenceOf({ since, by, actor, reason }: Killed): string {
  const who = actor === undefined ? '' : ` by ${actor}: "${reason}"`;
  const where = by === 'flag' ? '' : ' It is on in this process only: the flag is not seen to be on.';
  return `The kill switch ficus.kill is on since ${since}${who}. The monolith answers everybody.${where}`;
}
