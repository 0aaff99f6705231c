import type { Logger } from 'pino';
import type { Clock } from '../telemetry/clock.ts';
import { emptyFeatureSet, type FeatureSet, readFeatureSet } from './feature-set.ts';
import { createFlagBackup } from './flag-backup.ts';
import { flagOf } from './flag-names.ts';
import { FlagError, type FlagSource, type KillChange, type ShareChange } from './flag-source.ts';
import { createTurns } from './in-turn.ts';
import { keepKill, killFlag, killFlagKept } from './kill-flag.ts';
import { askedShare } from './share.ts';
import { UnleashAdmin } from './unleash-admin.ts';
import { UnleashApi } from './unleash-api.ts';
import { startUnleashPoller } from './unleash-poller.ts';
import { createUnleashStories } from './unleash-stories.ts';

export interface UnleashFlagsOptions {
  /** As UNLEASH_URL has it: `http://host:4242/api`. */
  readonly url: string;
  readonly apiToken: string;
  /** Undefined: flags can be read, not set. */
  readonly adminToken: string | undefined;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly refreshMs?: number;
  /** After so long without an answer the flags count as last known ones. */
  readonly staleMs?: number;
  /** How long opening waits for the server's first answer. */
  readonly firstAnswerMs?: number;
}

/** How far a server's clock may be from ours where nothing better tells what is new. */
const CLOCKS_APART_MS = 5000;

interface Trouble {
  readonly message: string;
  readonly since: string;
}

/**
 * Flags from an Unleash server. While it is away, or sends what can't be right, the last good flags stay;
 * they are kept in the data directory for the next start.
 */
export async function openUnleashFlags(options: UnleashFlagsOptions): Promise<FlagSource> {
  const { apiToken, adminToken, dataDir, clock, log } = options;
  const { refreshMs = 250, staleMs = 5000, firstAnswerMs = 2000 } = options;
  const apiUrl = apiUrlOf(options.url);
  const environment = environmentOf(apiToken);
  const backup = createFlagBackup(dataDir, `${apiUrl} ${environment}`, log);
  const inTurn = createTurns();
  const listeners: (() => void)[] = [];
  const kept = await backup.read();
  const lastRun = kept?.set;
  const api =
    adminToken === undefined
      ? undefined
      : new UnleashApi({ apiUrl, adminToken, project: projectOf(apiToken), environment });
  const stories = createUnleashStories(api, environment, log, kept?.atMs ?? clock.now() - CLOCKS_APART_MS);
  /** What we asked for last, by flag: it may not have come back yet. */
  const written = new Map<string, number>();
  let current = lastRun ?? emptyFeatureSet;
  let known = lastRun !== undefined;
  let answeredAt: number | undefined;
  let away: Trouble | undefined;
  let heldBack: Trouble | undefined;

  const now = () => new Date(clock.now()).toISOString();

  function take(features: unknown): void {
    const read = readFeatureSet(features);
    const doubt = read.ok ? (known ? whyAbsurd(read.set, current) : undefined) : read.problems.join('; ');
    if (doubt !== undefined || !read.ok) {
      heldBack = { message: doubt ?? '', since: now() };
      const advice = `if this is meant, stop, delete ${backup.path} and start again`;
      log.error({ url: apiUrl, doubt, advice }, 'flags from Unleash are held back, the last known ones stay');
      return;
    }
    const { set, kept } = keepKill(read.set, current);
    if (kept && heldBack?.message !== killFlagKept) log.error({ url: apiUrl }, killFlagKept);
    heldBack = kept ? { message: killFlagKept, since: heldBack?.since ?? now() } : undefined;
    if (known && JSON.stringify(set) === JSON.stringify(current)) return;
    current = set;
    known = true;
    log.info({ flags: current.features.length }, 'flags applied');
    void inTurn(() => backup.write(set));
    for (const listener of listeners) listener();
  }

  let heard = () => {};
  const firstAnswer = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const poller = startUnleashPoller({
    apiUrl,
    apiToken,
    refreshMs,
    staleMs,
    clock,
    onFeatures: (features) => {
      take(features);
      heard();
    },
    onAnswer: () => {
      if (away) log.info({ url: apiUrl, since: away.since }, 'Unleash answers again');
      away = undefined;
      answeredAt = clock.monotonic();
    },
    onTrouble: (message) => {
      if (!away)
        log.error({ url: apiUrl, problem: message }, 'Unleash gives no flags, the last known ones stay');
      away = { message, since: away?.since ?? now() };
      heard();
    },
  });

  async function setFlag(flag: string, write: (admin: UnleashAdmin) => Promise<void>): Promise<void> {
    if (!api) {
      throw new FlagError(
        'UNLEASH_ADMIN_TOKEN is not set: set the flag in Unleash, or start with that token',
      );
    }
    try {
      await stories.asOurs(flag, () => write(new UnleashAdmin(api)));
    } finally {
      // Also what was in the way of it is to be seen soon.
      poller.refresh();
    }
  }

  async function setShare(change: ShareChange): Promise<void> {
    const { migrationId, which, percent, actor, reason } = change;
    const flag = flagOf(migrationId, which);
    const asked = askedShare(current, flag).percent;
    const ours = written.get(flag);
    await setFlag(flag, (admin) => admin.setShare(change, ours === undefined ? [asked] : [asked, ours]));
    written.set(flag, percent);
    log.info({ migration: migrationId, which, percent, actor, reason }, 'share set');
  }

  async function setKill(change: KillChange): Promise<void> {
    await setFlag(killFlag, (admin) => admin.setKill(change));
    log.warn({ flag: killFlag, ...change }, 'kill switch set');
  }

  const waited = setTimeout(heard, firstAnswerMs);
  await firstAnswer;
  clearTimeout(waited);
  return {
    current: () => current,
    known: () => known,
    onChange: (listener) => void listeners.push(listener),
    lastRun: () => lastRun,
    setShare: (change) => inTurn(() => setShare(change)),
    setKill: (change) => inTurn(() => setKill(change)),
    storyOf: stories.storyOf,
    shareClaims: stories.shareClaims,
    health() {
      const isStale = answeredAt === undefined || clock.monotonic() - answeredAt > staleMs;
      const trouble = heldBack ?? (isStale ? away : undefined);
      if (!trouble && !isStale) return { source: 'unleash', up: true };
      const detail = trouble ? `${trouble.message} (since ${trouble.since})` : `no answer from ${apiUrl}`;
      return { source: 'unleash', up: false, detail };
    },
    ageMs: () => (answeredAt === undefined ? undefined : clock.monotonic() - answeredAt),
    async close() {
      poller.close();
      listeners.length = 0;
      await inTurn(async () => {});
    },
  };
}

/** Why a set of flags is more likely a mistake than meant, such as a lost database or another project's token. */
function whyAbsurd(next: FeatureSet, last: FeatureSet): string | undefined {
  if (last.features.length === 0) return undefined;
  const names = new Set(next.features.map(({ name }) => name));
  if (last.features.some(({ name }) => names.has(name))) return undefined;
  const others = names.size === 0 ? 'there are none' : `there are ${names.size} others`;
  return `all ${last.features.length} flags are gone at once, ${others}`;
}

/** Base paths vary, but clients are always served under `/api`. */
function apiUrlOf(url: string): string {
  const bare = url.replace(/\/+$/, '');
  return bare.endsWith('/api') ? bare : `${bare}/api`;
}

/** Unleash's tokens are `project:environment.secret`; `*` and `[]` are several projects. */
function projectOf(apiToken: string): string {
  const [project = ''] = apiToken.split(':', 1);
  return /^[\w.~-]+$/.test(project) ? project : 'default';
}

/** The same. */
function environmentOf(apiToken: string): string {
  return /^[^:]*:([^.]+)\./.exec(apiToken)?.[1] ?? 'development';
}
