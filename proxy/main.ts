/** Entry of the supervisor: `ficus up` becomes this process. */
import { startApp } from './app.ts';
import { readSettings, SettingsError } from './settings.ts';

/** Requests under way get this long to finish after the first signal; a second signal ends it at once. */
const GRACE_MS = 10_000;

async function main(): Promise<void> {
  const app = await startApp(readSettings(process.argv.slice(2)));
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    app.stop(GRACE_MS).then(
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
