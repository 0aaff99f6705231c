/** Entry of the supervisor: `ficus up` becomes this process. */
import { readSettings, SettingsError } from './settings.ts';
import { startTraffic } from './start-traffic.ts';

/** How long workers that are told to end at once have to say what they break off. */
const LAST_WORDS_MS = 200;

async function main(): Promise<void> {
  const settings = readSettings(process.argv.slice(2));
  const traffic = await startTraffic(settings);
  const { startApp } = await import('./app.ts');
  const app = await startApp(settings, traffic);
  let stopping = false;
  const stop = (): void => {
    if (stopping) {
      app.abort();
      setTimeout(() => process.exit(1), LAST_WORDS_MS);
      return;
    }
    stopping = true;
    app.stop({ drainMs: settings.drainDelayMs, graceMs: settings.graceMs }).then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(`ficus: did not stop cleanly: ${error instanceof Error ? error.message : error}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  console.error(`ficus: ${error instanceof Error ? error.message : error}`);
  process.exit(error instanceof SettingsError ? 2 : 1);
});
