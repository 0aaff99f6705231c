import type { Logger } from 'pino';
import type { Clock } from '../telemetry/clock.ts';
import { serveFlag, shadowFlag } from './flag-names.ts';
import type { FlagSource, FlagStory } from './flag-source.ts';
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
  /** How long a flip is given to be followed by another one that belongs to it. */
  readonly settleMs?: number;
  /** How long a replica that made a flip itself is given to say so, where it could have been one. */
  readonly doubtMs?: number;
}

const parentPart = 'flag ';
const segmentPart = 'segment ';

interface Settling {
  flip: Flip;
  readonly migration: string | undefined;
  /** Whose it is is not waited for any more. */
  final: boolean;
  readonly timer: NodeJS.Timeout;
}

/**
 * Audits what others do to our flags, in the flag server or in the file: what changed, by whom as far as the
 * source knows, and when. What Ficus does itself is audited where it is done.
 */
export function watchFlips(options: FlipWatchOptions): { close(): Promise<void> } {
  const { flags, migrations, audit, clock, log, settleMs = 3000, doubtMs = 20_000 } = options;
  const { source } = flags.health();
  /** By flag, so that several flips in a row are one: from the first state to the last. */
  const settling = new Map<string, Settling>();
  let isClosed = false;
  let telling: Promise<void> = Promise.resolve();
  let last = flags.lastRun() ?? flags.current();
  let wasKnown = flags.known();

  /** A flag that only rests on what changed has nothing of it in its own log. */
  async function storyOf({ flag, changed }: Flip, final: boolean): Promise<FlagStory> {
    const parent = changed.find((part) => part.startsWith(parentPart));
    const isIts = changed.some((part) => !part.startsWith(parentPart) && !part.startsWith(segmentPart));
    if (isIts) return flags.storyOf({ flag }, final);
    if (parent !== undefined) return flags.storyOf({ flag: parent.slice(parentPart.length) }, final);
    return flags.storyOf({ segment: Number(changed[0]?.slice(segmentPart.length)) }, final);
  }

  /** Not told while it is in doubt whose it is. */
  async function tell({ flip, migration, final }: Settling): Promise<'told' | 'in doubt'> {
    const { flag, from, to, changed } = flip;
    const story = await storyOf(flip, final);
    if (story.own === 'perhaps') return 'in doubt';
    if (story.own) return 'told';
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
    return 'told';
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
        wait({ flip, migration: owners.get(flip.flag), final: false }, settleMs);
      }
    }
  }

  function wait(one: Omit<Settling, 'timer'>, ms: number): void {
    const { flag } = one.flip;
    settling.set(flag, { ...one, timer: setTimeout(() => settle(flag), ms) });
  }

  function settle(flag: string): void {
    const found = settling.get(flag);
    if (!found) return;
    settling.delete(flag);
    telling = telling
      .then(async () => {
        if ((await tell(found)) === 'told') return;
        const later = settling.get(flag);
        if (later) clearTimeout(later.timer);
        const changed = [...new Set([...found.flip.changed, ...(later?.flip.changed ?? [])])];
        const flip = { ...found.flip, to: later?.flip.to ?? found.flip.to, changed };
        wait({ flip, migration: found.migration, final: true }, doubtMs);
        if (isClosed) settle(flag);
      })
      .catch((error: unknown) => log.error({ err: error, flag }, 'flip not audited'));
  }

  flags.onChange(look);
  look();
  return {
    async close() {
      isClosed = true;
      for (const [flag, one] of settling) {
        clearTimeout(one.timer);
        one.final = true;
        settle(flag);
      }
      await telling;
    },
  };
}
