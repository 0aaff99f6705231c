import { Unleash, UnleashEvents } from 'unleash-client';
import type { Clock } from '../telemetry/clock.ts';

export interface PollerOptions {
  /** Ends with `/api`. */
  readonly apiUrl: string;
  readonly apiToken: string;
  readonly refreshMs: number;
  /** After so long without an answer the client is made anew. */
  readonly staleMs: number;
  readonly clock: Clock;
  /** What the server sent, when it is other than before. */
  readonly onFeatures: (features: unknown) => void;
  /** The server answered, with something new or not. */
  readonly onAnswer: () => void;
  readonly onTrouble: (message: string) => void;
}

export interface Poller {
  /** Asks now instead of at the next turn. */
  refresh(): void;
  close(): void;
}

/** The client's fetch takes no timeout below its own pause between retries. */
const minTimeoutMs = 1000;

/**
 * Fetches features with unleash-client. The client gives up for good on 401 and 403, and after a failure
 * asks less and less often; so one that has had no answer for a while is replaced by a new one.
 */
export function startUnleashPoller(options: PollerOptions): Poller {
  const { apiUrl, apiToken, refreshMs, staleMs, clock, onFeatures, onAnswer, onTrouble } = options;
  let lastSignAt = 0;
  let client: Unleash | undefined;
  let isTold = false;

  function restart(): void {
    if (client) discard(client);
    lastSignAt = clock.monotonic();
    client = new Unleash({
      appName: 'ficus',
      url: apiUrl,
      customHeaders: { Authorization: apiToken },
      refreshInterval: refreshMs,
      timeout: Math.max(staleMs, minTimeoutMs),
      disableMetrics: true,
      skipInstanceCountWarning: true,
      // The client hands over here all that it fetched, segments included. What is kept is kept by us.
      storageProvider: {
        set: async (_key, features) => onFeatures(features),
        get: async () => undefined,
      },
    });
    const answered = () => {
      lastSignAt = clock.monotonic();
      isTold = false;
      onAnswer();
    };
    client.on(UnleashEvents.Changed, answered);
    client.on(UnleashEvents.Unchanged, answered);
    for (const event of [UnleashEvents.Error, UnleashEvents.Warn]) {
      client.on(event, (trouble: unknown) => {
        isTold = true;
        onTrouble(trouble instanceof Error ? trouble.message : String(trouble));
      });
    }
  }

  restart();
  const watchdog = setInterval(() => {
    if (clock.monotonic() - lastSignAt <= staleMs) return;
    // Its own error may be many seconds away: it tries three times, and a fetch of the last client is unheard.
    if (!isTold) onTrouble(`no answer for ${staleMs} ms`);
    restart();
  }, refreshMs);
  watchdog.unref();
  return {
    refresh: restart,
    close() {
      clearInterval(watchdog);
      if (client) discard(client);
      client = undefined;
    },
  };
}

function discard(client: Unleash): void {
  client.destroy();
  // A fetch under way still emits its error, on a repository that `destroy` took all listeners from: thrown
  // there, it would end the process.
  client['repository'].on(UnleashEvents.Error, () => {});
}
