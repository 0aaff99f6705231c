import { startTelemetry } from '@ficus/service-kit/telemetry.ts';

await startTelemetry('catalog');
// Only now: telemetry watches what is imported after it.
const { runCatalog } = await import('./run-catalog.ts');
await runCatalog();
