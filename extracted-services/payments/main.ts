import { startTelemetry } from '@ficus/service-kit/telemetry.ts';

await startTelemetry('payments');
// Only now: telemetry watches what is imported after it.
const { runPayments } = await import('./run-payments.ts');
await runPayments();
