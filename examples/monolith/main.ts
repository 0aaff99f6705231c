import { startMonolith } from './monolith.ts';
import { readSettings } from './settings.ts';

try {
  const monolith = await startMonolith(readSettings());
  console.log(`The monolith listens on ${monolith.url}`);
  const stop = () => void monolith.close();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  console.error(`The monolith cannot start. ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
