import type { Logger } from 'pino';
import type { Clock } from '../telemetry/clock.ts';
import { serveFlag, shadowFlag } from './flag-names.ts';
import type { FlagSource } from './flag-source.ts';
import { type Flip, flipsBetween } from './flips.ts';
import { killFlag } from './kill-flag.ts';

/** A flip that was not ours, for the audit. */
export interface ForeignFlip {
  /** ISO time. */
  readonly at: string;
  readonly actor: string;
  readonly action: 'flag-flipped';
  /** Absent for the kill switch, which is every migration's. */
  readonly migration?: string;
  readonly reason: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface FlipWatchOptions {
  readonly flags: Pick<FlagSource, 'current' | 'known' | 'lastRun' | 'onChange' | 'storyOf' | 'health'>;
  /** Ids. */
  readonly migrations: () => readonly string[];
  readonly audit: (flip: ForeignFlip) => void;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long a replica that made a flip itself is given to say so, before it counts as somebody else's. */
  readonly settleMs?: number;
}

/**
 * Audits what others do to our flags, in the flag server or in the file: what changed, by whom as far as the
 * source knows, and when. What Ficus does itself is audited where it is done.
 */
export function watchFlips(options: FlipWatchOptions): { close(): Promise<void> } {
  const { flags, migrations, audit, clock, log, settleMs = 3000 } = options;
  const { source } = flags.health();
  /** By flag, so that several flips in a row are one: from the first state to the last. */
  const settling = new Map<string, { flip: Flip; migration: string | undefined; timer: NodeJS.Timeout }>();
  let telling: Promise<void> = Promise.resolve();
  let last = flags.lastRun() ?? flags.current();
  let wasKnown = flags.known();

  async function tell({ flag, from, to, changed }: Flip, migration: string | undefined): Promise<void> {
    const story = await flags.storyOf(flag);
    if (story.own) return;
    const { author, events } = story;
    const at = story.at ?? new Date(clock.now()).toISOString();
    const reason = `${flag}: ${from} → ${to}${from === to ? ` (${changed.join(', ')})` : ''}`;
    log.warn({ flag, from, to, author, source }, 'flag flipped');
    const detail = { flag, from, to, changed, author, source, events };
    audit({
      at,
      actor: `${source}:${author}`,
      action: 'flag-flipped',
      ...(migration === undefined ? {} : { migration }),
      reason,
      detail,
    });
  }

  function look(): void {
    const now = flags.current();
    const before = last;
    last = now;
    const isFirst = !wasKnown;
    wasKnown = flags.known();
    // The first flags ever seen are nobody's flip.
    if (isFirst) return;
    const owners = new Map<string, string | undefined>([[killFlag, undefined]]);
    for (const id of migrations()) owners.set(serveFlag(id), id).set(shadowFlag(id), id);
    for (const flip of flipsBetween(before, now, [...owners.keys()])) {
      const earlier = settling.get(flip.flag);
      if (earlier) {
        const changed = [...new Set([...earlier.flip.changed, ...flip.changed])];
        earlier.flip = { ...flip, from: earlier.flip.from, changed };
      } else {
        const timer = setTimeout(() => settle(flip.flag), settleMs);
        settling.set(flip.flag, { flip, migration: owners.get(flip.flag), timer });
      }
    }
  }

  function settle(flag: string): void {
    const found = settling.get(flag);
    if (!found) return;
    settling.delete(flag);
    telling = telling
      .then(() => tell(found.flip, found.migration))
      .catch((error: unknown) => log.error({ err: error, flag }, 'flip not audited'));
  }

  flags.onChange(look);
  look();
  return {
    async close() {
      for (const [flag, { timer }] of settling) {
        clearTimeout(timer);
        settle(flag);
      }
      await telling;
    },
  };
}
