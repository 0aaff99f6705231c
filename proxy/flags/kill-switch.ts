import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import type { Clock } from '../telemetry/clock.ts';
import type { FeatureSet } from './feature-set.ts';
import type { FlagSource } from './flag-source.ts';
import { asksToKill, killFlag, killFlagOf } from './kill-flag.ts';

/** Everything goes to the monolith. */
export interface Killed {
  /** ISO time. */
  readonly since: string;
  /** `here`: by this process alone, since the flag could not be set. */
  readonly by: 'flag' | 'here';
  /** Who asked and why, where it was asked here; the flag itself says neither. */
  readonly actor?: string;
  readonly reason?: string;
}

export type KillResult =
  | { readonly done: true; readonly warnings: readonly string[] }
  | { readonly done: false; readonly reason: string };

export interface KillSwitch {
  /** Undefined: off. Never fails and never waits. */
  state(): Killed | undefined;
  /** Told after every change of whether it is on. */
  onChange(listener: () => void): void;
  /** In force at once, the flag follows. Where the flag can't be set, this process goes on by itself, also after a restart. */
  on(actor: string, reason: string): Promise<KillResult>;
  /** Not done while the flag is on and can't be turned off. */
  off(actor: string, reason: string): Promise<KillResult>;
}

export interface KillSwitchOptions {
  readonly flags: Pick<FlagSource, 'current' | 'onChange' | 'setKill'>;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Logger;
}

const orderSchema = z.object({
  actor: z.string(),
  reason: z.string(),
  since: z.string(),
  alone: z.boolean(),
});
/** What was asked here last. `alone`: the flag does not know. */
type Order = z.infer<typeof orderSchema>;

/**
 * The kill switch: on while its flag is, or while somebody has turned it on here and the flag could not be set.
 * Works without a flag server, without Postgres and without Redis, by a file in the data directory.
 */
export async function openKillSwitch(options: KillSwitchOptions): Promise<KillSwitch> {
  const { flags, dataDir, clock, log } = options;
  const path = join(dataDir, 'kill.json');
  const listeners: (() => void)[] = [];
  /** Told whenever the flag is looked at. */
  const waiting = new Set<() => void>();
  const kept = await readOrder(path, log);
  let order = kept && orderAtStart(kept, flags.current());
  let flagSince = asksToKill(flags.current()) ? (order?.since ?? now()) : undefined;
  let was = state() !== undefined;

  function now(): string {
    return new Date(clock.now()).toISOString();
  }

  function state(): Killed | undefined {
    const asked = order && { actor: order.actor, reason: order.reason };
    if (flagSince !== undefined) return { since: order?.since ?? flagSince, by: 'flag', ...asked };
    return order?.alone ? { since: order.since, by: 'here', ...asked } : undefined;
  }

  function tell(): void {
    const killed = state();
    if ((killed !== undefined) === was) return;
    was = killed !== undefined;
    if (killed) log.error({ ...killed, flag: killFlag }, 'kill switch on: everything goes to the monolith');
    else log.warn({ flag: killFlag }, 'kill switch off: flags and evidence decide again');
    for (const listener of listeners) listener();
  }

  let writing = Promise.resolve();
  /** Counts at once; resolves when it is written, in turn: what was asked last is what stays. */
  function keep(next: Order | undefined): Promise<void> {
    order = next;
    tell();
    writing = writing.then(() => write(next));
    return writing;
  }

  async function write(next: Order | undefined): Promise<void> {
    try {
      if (next) await writeFileAtomically(path, `${JSON.stringify(next)}\n`);
      else await rm(path, { force: true });
    } catch (error) {
      log.error({ err: error, path }, 'the kill switch could not be kept for the next start');
    }
  }

  flags.onChange(() => {
    const isAsked = asksToKill(flags.current());
    if (isAsked && flagSince === undefined) flagSince = now();
    if (!isAsked && flagSince !== undefined) {
      flagSince = undefined;
      // Turned off elsewhere: what was asked here is over, too.
      if (order && !order.alone) void keep(undefined);
    }
    // The flag has it now, and may end it.
    if (isAsked && order?.alone) void keep({ ...order, alone: false });
    tell();
    for (const look of waiting) look();
  });
  if (order !== kept) await keep(order);
  if (was) log.error({ ...state(), flag: killFlag }, 'kill switch on: everything goes to the monolith');

  return {
    state,
    onChange: (listener) => void listeners.push(listener),
    async on(actor, reason) {
      await keep({ actor, reason, since: state()?.since ?? now(), alone: true });
      try {
        await flags.setKill({ on: true, actor, reason });
        await untilFlag((isOn) => isOn);
        const isSeen = flagSince !== undefined;
        // A flag that was on before has not changed, and so nobody told of it.
        if (isSeen && order?.alone) void keep({ ...order, alone: false });
        await writing;
        const slow = `The flag ${killFlag} was turned on, which has not come back yet: until then this process sends everything to the monolith by itself.`;
        return { done: true, warnings: isSeen ? [] : [slow] };
      } catch (error) {
        const why = `The flag ${killFlag} could not be turned on: ${messageOf(error)}`;
        log.error({ err: error, flag: killFlag }, 'flag not written');
        const alone =
          'This process sends everything to the monolith all the same, also after a restart, until ficus kill --off; other replicas must be told by themselves.';
        return { done: true, warnings: [why, alone] };
      }
    },
    async off(actor, reason) {
      const warnings: string[] = [];
      // With an order that is alone the flag may be on all the same: written, and not come back yet.
      if (flagSince !== undefined || order) {
        try {
          await flags.setKill({ on: false, actor, reason });
        } catch (error) {
          const why = `The flag ${killFlag} could not be turned off: ${messageOf(error)}`;
          if (flagSince !== undefined)
            return { done: false, reason: `${why}. It stays on, and so does the kill.` };
          log.error({ err: error, flag: killFlag }, 'flag not written');
          warnings.push(why, 'It is not on as far as is known here; should it come on, the kill does, too.');
        }
      }
      await untilFlag((isOn) => !isOn);
      await keep(undefined);
      const slow = `The flag ${killFlag} was turned off, which has not come back yet: until then the kill goes on.`;
      return { done: true, warnings: flagSince === undefined ? warnings : [slow] };
    },
  };

  /** A flag server's new value comes back with the next poll; a file's at once. */
  function untilFlag(isSo: (isOn: boolean) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(late);
        waiting.delete(look);
        resolve();
      };
      const look = (): void => {
        if (isSo(flagSince !== undefined)) end();
      };
      const late = setTimeout(end, FLAG_SEEN_WITHIN_MS);
      waiting.add(look);
      look();
    });
  }
}

const FLAG_SEEN_WITHIN_MS = 3000;

/** As a process before this one left it, under what the flag says by now. */
function orderAtStart(order: Order, set: FeatureSet): Order | undefined {
  // A flag that is gone ends nothing: this process goes on by itself.
  const alone = asksToKill(set) ? false : killFlagOf(set) ? order.alone : true;
  // Turned off elsewhere meanwhile.
  if (!alone && !asksToKill(set)) return undefined;
  return alone === order.alone ? order : { ...order, alone };
}

async function readOrder(path: string, log: Logger): Promise<Order | undefined> {
  try {
    return orderSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    // Somebody asked for it, whatever has become of the file since.
    log.error({ err: error, path }, 'the kill switch cannot be read, and is taken for on');
    return {
      actor: 'unknown',
      reason: `${path} cannot be read`,
      since: new Date(0).toISOString(),
      alone: true,
    };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
