import type { Logger } from 'pino';
import type { Clock } from '../telemetry/clock.ts';
import { emptyFeatureSet, type FeatureSet, readFeatureSet } from './feature-set.ts';
import { createFlagBackup } from './flag-backup.ts';
import { FlagError, type FlagSource, type ShareChange } from './flag-source.ts';
import { createTurns } from './in-turn.ts';
import { UnleashAdmin } from './unleash-admin.ts';
import { startUnleashPoller } from './unleash-poller.ts';

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
  const { refreshMs = 1000, staleMs = 5000, firstAnswerMs = 2000 } = options;
  const apiUrl = apiUrlOf(options.url);
  const environment = environmentOf(apiToken);
  const backup = createFlagBackup(dataDir, `${apiUrl} ${environment}`, log);
  const inTurn = createTurns();
  const listeners: (() => void)[] = [];
  const kept = await backup.read();
  let current = kept ?? emptyFeatureSet;
  let known = kept !== undefined;
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
    heldBack = undefined;
    if (known && JSON.stringify(read.set) === JSON.stringify(current)) return;
    current = read.set;
    known = true;
    log.info({ flags: current.features.length }, 'flags applied');
    void inTurn(() => backup.write(read.set));
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

  async function setShare(change: ShareChange): Promise<void> {
    if (adminToken === undefined) {
      throw new FlagError(
        'UNLEASH_ADMIN_TOKEN is not set: set the flag in Unleash, or start with that token',
      );
    }
    const admin = new UnleashAdmin({ apiUrl, adminToken, project: 'default', environment });
    await admin.setShare(change);
    const { migrationId, which, percent, actor, reason } = change;
    log.info({ migration: migrationId, which, percent, actor, reason }, 'share set');
    poller.refresh();
  }

  const waited = setTimeout(heard, firstAnswerMs);
  await firstAnswer;
  clearTimeout(waited);
  return {
    current: () => current,
    known: () => known,
    onChange: (listener) => void listeners.push(listener),
    setShare: (change) => inTurn(() => setShare(change)),
    health() {
      const isStale = answeredAt === undefined || clock.monotonic() - answeredAt > staleMs;
      const trouble = heldBack ?? (isStale ? away : undefined);
      if (!trouble && !isStale) return { source: 'unleash', up: true };
      const detail = trouble ? `${trouble.message} (since ${trouble.since})` : `no answer from ${apiUrl}`;
      return { source: 'unleash', up: false, detail };
    },
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

/** Unleash's tokens are `project:environment.secret`. */
function environmentOf(apiToken: string): string {
  return /^[^:]*:([^.]+)\./.exec(apiToken)?.[1] ?? 'development';
}
