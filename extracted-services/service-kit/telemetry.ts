import type { InstrumentationConfigMap } from '@opentelemetry/auto-instrumentations-node';
import { register as hookImports } from 'import-in-the-middle/register-hooks.mjs';

/**
 * Starts OpenTelemetry with its auto-instrumentations when the environment asks for it, else does nothing. The
 * modules to be watched (http, express, pg, ioredis, pino) must be imported after it, which in an entry file means
 * by `await import()`. Everything is set by the standard `OTEL_*` variables; some get better defaults here.
 */
export async function startTelemetry(service: string): Promise<void> {
  const { env } = process;
  const exporters = [
    env['OTEL_EXPORTER_OTLP_ENDPOINT'],
    env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'],
    env['OTEL_TRACES_EXPORTER'],
  ];
  if (env['OTEL_SDK_DISABLED'] === 'true' || exporters.every((value) => !value)) return;

  env['OTEL_SERVICE_NAME'] ??= service;
  // A span for every file, socket and look-up would bury the ones that tell something; router doubles express.
  env['OTEL_NODE_DISABLED_INSTRUMENTATIONS'] ??= 'fs,net,dns,router';
  // The others ask clouds' metadata servers at every start.
  env['OTEL_NODE_RESOURCE_DETECTORS'] ??= 'env,host,os,process,serviceinstance,container';
  if (!env['OTEL_EXPORTER_OTLP_ENDPOINT']) {
    env['OTEL_METRICS_EXPORTER'] ??= 'none';
    env['OTEL_LOGS_EXPORTER'] ??= 'none';
  }
  // Imports of ES modules pass by the hooks on require(), which is all that the instrumentations place themselves.
  hookImports();
  await startSdk();
}

async function startSdk(): Promise<void> {
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const { getNodeAutoInstrumentations, getResourceDetectors } = await import(
    '@opentelemetry/auto-instrumentations-node'
  );
  const sdk = new NodeSDK({
    resourceDetectors: getResourceDetectors(),
    instrumentations: getNodeAutoInstrumentations({
      '@opentelemetry/instrumentation-express': withoutMiddlewares,
    }),
  });
  sdk.start();
  // Not on SIGTERM, as the package's own register does: the spans of requests in flight are still to come.
  process.once('beforeExit', () => {
    sdk.shutdown().catch((error) => console.error('The last spans could not be sent:', error));
  });
}

type ExpressConfig = NonNullable<InstrumentationConfigMap['@opentelemetry/instrumentation-express']>;

/** A dozen of them, on every request. */
const withoutMiddlewares: ExpressConfig = {
  ignoreLayersType: ['middleware'] as unknown as NonNullable<ExpressConfig['ignoreLayersType']>,
};
