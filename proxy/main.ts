/** Entry of the supervisor: `ficus up` becomes this process. */
import { flushCompileCache } from 'node:module';
import { prepareWorkers } from './data-plane/prepare-workers.ts';
import { readSettings, SettingsError } from './settings.ts';

/** How long workers that are told to end at once have to say what they break off. */
const LAST_WORDS_MS = 200;

interface Stoppable {
  stop(times: { drainMs: number; graceMs: number }): Promise<void>;
  abort(): void;
}

async function main(): Promise<void> {
  const settings = readSettings(process.argv.slice(2));
  const stopOnSignals = onSignals({ drainMs: settings.drainDelayMs, graceMs: settings.graceMs });
  // The first worker boots while this process loads the rest.
  const prepared = await prepareWorkers(settings.host, settings.port);
  const { startTraffic } = await import('./start-traffic.ts');
  const traffic = await startTraffic(settings, prepared);
  const { startApp } = await import('./app.ts');
  stopOnSignals(await startApp(settings, traffic));
  // For the next start, however this process ends.
  flushCompileCache();
}

/** The first signal stops what is started, once it is; the second ends it at once. */
function onSignals(times: { drainMs: number; graceMs: number }): (started: Stoppable) => void {
  let app: Stoppable | undefined;
  let signals = 0;
  const stop = (): void => {
    app?.stop(times).then(
      // A second signal has cut it short.
      () => process.exit(signals > 1 ? 1 : 0),
      (error: unknown) => {
        console.error(`ficus: did not stop cleanly: ${error instanceof Error ? error.message : error}`);
        process.exit(1);
      },
    );
  };
  const onSignal = (): void => {
    signals++;
    if (signals === 1) {
      stop();
    } else {
      app?.abort();
      setTimeout(() => process.exit(1), app ? LAST_WORDS_MS : 0);
    }
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return (started) => {
    app = started;
    if (signals > 0) stop();
  };
}

main().catch((error: unknown) => {
  console.error(`ficus: ${error instanceof Error ? error.message : error}`);
  process.exit(error instanceof SettingsError ? 2 : 1);
});
