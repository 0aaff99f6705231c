import type { Logger } from 'pino';
import type { Changed, ClaimEvents, FlagEvent, FlagStory } from './flag-source.ts';
import type { UnleashApi } from './unleash-api.ts';
import { readFlagEvents } from './unleash-events.ts';

/** A roll back must not wait long for a log. */
const quickMs = 1500;

export interface UnleashStories {
  /** Runs a write of ours to a flag, and takes what the server logs of it for ours. */
  asOurs<T>(flag: string, write: () => Promise<T>): Promise<T>;
  storyOf(changed: Changed, final: boolean): Promise<FlagStory>;
  /** Replicas share what was told; without this, each tells for itself. */
  shareClaims(claim: ClaimEvents): void;
}

/**
 * Tells flips made by others from our own by Unleash's event log. An event of ours is one that was logged while
 * we wrote, by the user that our token stands for; whoever else uses that token in the same moment passes for us.
 */
export function createUnleashStories(
  api: Pick<UnleashApi, 'ask'> | undefined,
  environment: string,
  log: Logger,
  sinceMs: number,
): UnleashStories {
  /** The newest event that was told, by what it changed. */
  const told = new Map<string, number>();
  const ours = new Set<number>();
  /** Of the newest event that was told, likewise. */
  const stories = new Map<string, FlagStory>();
  let ourName: string | undefined;
  /** Writes under way, and what is to be marked of them. Whoever writes need not wait for the log. */
  let marking: Promise<void> = Promise.resolve();
  const unmarked: { readonly flag: string; readonly after: number | undefined }[] = [];
  let claim: ClaimEvents = async (ids) => ids;

  async function eventsOf(changed: Changed): Promise<FlagEvent[]> {
    const last = told.get(nameOf(changed));
    const events = await readFlagEvents(api!, environment, changed);
    return events.filter(({ id, at }) => (last === undefined ? Date.parse(at) >= sinceMs : id > last));
  }

  async function nameOfToken(): Promise<string> {
    if (ourName === undefined) {
      const { status, body } = await api!.ask('GET', '/user');
      if (status !== 200) throw new Error(`Unleash does not say whose UNLEASH_ADMIN_TOKEN is (${status})`);
      ourName = (body as { user?: { username?: string } }).user?.username ?? '';
    }
    return ourName;
  }

  /** Of any flag, so that its place in the log is known also for one that has no event yet. */
  async function newestId(): Promise<number> {
    return (await readFlagEvents(api!, environment, undefined, quickMs)).at(-1)?.id ?? 0;
  }

  /** `after` is unknown where the log did not answer in time: then what is not told yet, and by our name, is ours. */
  async function takeForOurs(flag: string, after: number | undefined): Promise<void> {
    const name = await nameOfToken();
    const logged =
      after === undefined ? await eventsOf({ flag }) : await readFlagEvents(api!, environment, { flag });
    const made = logged.filter(({ id, by }) => by === name && (after === undefined || id > after));
    for (const { id } of made) ours.add(id);
    if (made.length > 0) await claim(made.map(({ id }) => id));
  }

  async function mark(flag: string, after: number | undefined): Promise<void> {
    await takeForOurs(flag, after).catch((error: unknown) => {
      unmarked.push({ flag, after });
      log.warn({ err: error, flag }, 'what we changed in Unleash may be audited once more as a flip');
    });
  }

  /** A log that did not answer then may do so by now. */
  async function markRest(): Promise<void> {
    await marking;
    for (const { flag, after } of unmarked.splice(0)) await mark(flag, after);
  }

  /** By our name; or logged after something of ours, and perhaps not in the flags yet that were seen. */
  async function isInDoubt(events: readonly FlagEvent[], others: readonly FlagEvent[]): Promise<boolean> {
    if (others.length < events.length && !ours.has(events.at(-1)!.id)) return true;
    const name = await nameOfToken();
    return others.some(({ by }) => by === name);
  }

  async function storyFrom(others: readonly FlagEvent[]): Promise<FlagStory> {
    const claimed = others.length === 0 ? [] : await claim(others.map(({ id }) => id));
    const mine = others.filter(({ id }) => claimed.includes(id));
    if (mine.length === 0) return { own: true };
    const author = [...new Set(mine.map(({ by }) => by))].join(', ');
    return { own: false, author, at: mine.at(-1)!.at, events: mine };
  }

  return {
    async asOurs(flag, write) {
      const after = await newestId().catch(() => undefined);
      const writing = write();
      // From now on, since the flag may be seen to be another before the server's last answer is here. What was half
      // done is ours, too.
      const isOver = writing.catch(() => {});
      marking = Promise.all([marking, isOver]).then(() => mark(flag, after));
      return writing;
    },

    async storyOf(changed, final) {
      await markRest();
      if (!api) return { own: false, author: 'unknown (no UNLEASH_ADMIN_TOKEN)', events: [] };
      const name = nameOf(changed);
      try {
        const events = await eventsOf(changed);
        // What was logged of this change was told with the one before it.
        if (events.length === 0) return stories.get(name) ?? unknown('Unleash has logged nothing');
        const others = events.filter(({ id }) => !ours.has(id));
        if (!final && others.length > 0 && (await isInDoubt(events, others))) return { own: 'perhaps' };
        const story = await storyFrom(others);
        const last = events.at(-1)!;
        told.set(name, last.id);
        stories.set(name, ours.has(last.id) ? { own: true } : story);
        for (const { id } of events) ours.delete(id);
        return story;
      } catch (error) {
        // A log that does not answer now may do so later.
        if (!final) return { own: 'perhaps' };
        return unknown(error instanceof Error ? error.message : String(error));
      }
    },

    shareClaims(shared) {
      claim = shared;
    },
  };
}

const nameOf = (changed: Changed): string =>
  'flag' in changed ? changed.flag : `segment ${changed.segment}`;

function unknown(why: string): FlagStory {
  return { own: false, author: `unknown (${why})`, events: [] };
}
