import type { Logger } from 'pino';
import type { ClaimEvents, FlagEvent, FlagStory } from './flag-source.ts';
import type { UnleashApi } from './unleash-api.ts';
import { readFlagEvents } from './unleash-events.ts';

/** A roll back must not wait long for a log. */
const quickMs = 1500;

export interface UnleashStories {
  /** Runs a write of ours to a flag, and takes what the server logs of it for ours. */
  asOurs<T>(flag: string, write: () => Promise<T>): Promise<T>;
  storyOf(flag: string, final: boolean): Promise<FlagStory>;
  /** Replicas share what was told; without this, each tells for itself. */
  shareClaims(claim: ClaimEvents): void;
}

/**
 * Tells flips made by others from our own by Unleash's event log. An event of ours is one that was logged while
 * we wrote, by the user that our token stands for; whoever else uses that token in the same moment passes for us.
 */
export function createUnleashStories(
  api: UnleashApi | undefined,
  environment: string,
  log: Logger,
  sinceMs: number,
): UnleashStories {
  /** The newest event that was told, by flag. */
  const told = new Map<string, number>();
  const ours = new Set<number>();
  /** What was told last, by flag. */
  const stories = new Map<string, FlagStory>();
  let ourName: string | undefined;
  /** Whoever writes need not wait for the log. */
  let marking: Promise<void> = Promise.resolve();
  let claim: ClaimEvents = async (ids) => ids;

  async function eventsOf(flag: string): Promise<FlagEvent[]> {
    const last = told.get(flag);
    const events = await readFlagEvents(api!, environment, flag);
    return events.filter(({ id, at }) => (last === undefined ? Date.parse(at) >= sinceMs : id > last));
  }

  async function nameOfToken(): Promise<string> {
    if (ourName === undefined) {
      const { status, body } = await api!.ask('GET', '/user');
      const user = status === 200 ? (body as { user?: { username?: string } }).user : undefined;
      ourName = user?.username ?? '';
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
    const logged = after === undefined ? await eventsOf(flag) : await readFlagEvents(api!, environment, flag);
    const made = logged.filter(({ id, by }) => by === name && (after === undefined || id > after));
    for (const { id } of made) ours.add(id);
    if (made.length > 0) await claim(made.map(({ id }) => id));
  }

  async function mark(flag: string, after: number | undefined): Promise<void> {
    await takeForOurs(flag, after).catch((error: unknown) =>
      log.warn({ err: error, flag }, 'what we changed in Unleash may be audited once more as a flip'),
    );
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
      try {
        return await write();
      } finally {
        // Also what was half done is ours.
        marking = marking.then(() => mark(flag, after));
      }
    },

    async storyOf(flag, final) {
      await marking;
      if (!api) return { own: false, author: 'unknown (no UNLEASH_ADMIN_TOKEN)', events: [] };
      try {
        const events = await eventsOf(flag);
        // What was logged of this change was told with the one before it.
        if (events.length === 0) return stories.get(flag) ?? unknown('Unleash has logged nothing');
        const others = events.filter(({ id }) => !ours.has(id));
        if (!final && others.length > 0) {
          const name = await nameOfToken();
          if (others.some(({ by }) => by === name)) return { own: 'perhaps' };
        }
        const story = await storyFrom(others);
        told.set(flag, events.at(-1)!.id);
        for (const { id } of events) ours.delete(id);
        stories.set(flag, story);
        return story;
      } catch (error) {
        return unknown(error instanceof Error ? error.message : String(error));
      }
    },

    shareClaims(shared) {
      claim = shared;
    },
  };
}

function unknown(why: string): FlagStory {
  return { own: false, author: `unknown (${why})`, events: [] };
}
