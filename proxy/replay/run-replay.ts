import { setTimeout as sleep } from 'node:timers/promises';
import { type ReadingNotes, readRecordings } from '../recording/read-recording.ts';
import type { MatchExchange } from './match-exchange.ts';
import type { Pacer } from './pacer.ts';
import { type Preparation, prepareRequest } from './prepare-request.ts';
import type { ReplayExchange } from './replay-exchange.ts';
import type { Tally } from './tally.ts';

export interface RunDeps {
  readonly files: readonly string[];
  readonly notes: ReadingNotes;
  readonly match: MatchExchange;
  readonly migration: string | undefined;
  readonly preparation: Preparation;
  readonly replay: ReplayExchange;
  readonly pacer: Pacer;
  readonly isPaced: boolean;
  readonly concurrency: number;
  readonly tally: Tally;
  /** Aborted: nothing more is sent, and what is under way is waited for. */
  readonly stop: AbortSignal;
}

/** Outcomes may wait this long for one slow exchange before nothing more is sent. */
const maxWaitingOutcomes = 5000;

/** Replays what the tally does not have yet, in the order of the recording. */
export async function runReplay(deps: RunDeps): Promise<void> {
  const { tally, stop, pacer } = deps;
  const skipTo = tally.state.done;
  const slots = new Slots(deps.concurrency);
  const startedAt = performance.now();
  let index = -1;
  let sent = 0;
  for await (const exchange of readRecordings(deps.files, deps.notes)) {
    index++;
    if (index < skipTo) continue;
    if (stop.aborted) break;
    const mine = index;
    const skip = (reason: string) => tally.settle(mine, { kind: 'skipped', reason });
    if (
      deps.migration !== undefined &&
      exchange.migration !== undefined &&
      exchange.migration !== deps.migration
    ) {
      skip('other migration');
      continue;
    }
    const prepared = prepareRequest(exchange, deps.preparation);
    const matched = deps.match(exchange);
    if (!matched) skip('no route');
    else if (deps.migration !== undefined && matched.migration.id !== deps.migration) skip('other migration');
    else if (!prepared.ok) skip(prepared.reason);
    else {
      const due = startedAt + pacer.dueMs(sent++, Date.parse(exchange.at));
      await until(due, stop);
      await slots.take();
      while (tally.waiting > maxWaitingOutcomes && !stop.aborted) await sleep(10);
      if (stop.aborted) {
        slots.give();
        break;
      }
      const behindMs = deps.isPaced ? Math.max(0, performance.now() - due) : 0;
      void deps
        .replay(exchange, prepared.request, matched, behindMs)
        .then((outcome) => tally.settle(mine, outcome))
        .catch(() => skip('failed to compare'))
        .finally(() => slots.give());
    }
  }
  await slots.allFree();
}

async function until(due: number, stop: AbortSignal): Promise<void> {
  const ms = due - performance.now();
  // Timers have whole milliseconds; what is due within one is sent now.
  if (ms >= 1) await sleep(ms, undefined, { signal: stop }).catch(() => {});
}

/** A number of exchanges under way at once. */
class Slots {
  readonly #size: number;
  #taken = 0;
  #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  async take(): Promise<void> {
    while (this.#taken >= this.#size) await this.#change();
    this.#taken++;
  }

  give(): void {
    this.#taken--;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async allFree(): Promise<void> {
    while (this.#taken > 0) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
