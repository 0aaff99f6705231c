import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import type { ControlSnapshot } from '../../proxy/data-plane/snapshot.ts';
import type { WorkerHealth } from '../../proxy/data-plane/worker-messages.ts';
import { WorkerPool } from '../../proxy/data-plane/worker-pool.ts';
import { emptyFeatureSet } from '../../proxy/flags/feature-set.ts';
import { systemClock } from '../../proxy/telemetry/clock.ts';
import { sampleModel, sampleUpstream } from '../proxy/routing/sample-routing.ts';

const hook = fileURLToPath(new URL('./fault-on-signal.ts', import.meta.url));

/** Real worker processes in which a test can play faults. */
export interface FaultyWorkers extends AsyncDisposable {
  readonly pool: WorkerPool;
  readonly failures: Map<string, number>;
  health(): WorkerHealth | undefined;
  /** `throw`, `oom`, `stall MS`, `crawl MS`, `fill MB`, `hoard PERCENT`; in the worker with that pid. */
  play(fault: string, pid: number): void;
  /** Waits for what happens by itself. */
  until(what: string, holds: () => boolean | Promise<boolean>): Promise<void>;
}

export function monolithSnapshot(port: number, revision = 1, upstream = {}): ControlSnapshot {
  return {
    revision,
    routing: sampleModel(sampleUpstream('monolith', port, upstream), [], []),
    features: emptyFeatureSet,
    caps: {},
    dryRunMigrations: [],
  };
}

export async function startFaultyWorkers(options: {
  readonly count: number;
  readonly snapshot: ControlSnapshot;
  readonly maxMemoryBytes?: number;
}): Promise<FaultyWorkers> {
  const folder = mkdtempSync(join(tmpdir(), 'ficus-faults-'));
  const file = join(folder, 'fault');
  const failures = new Map<string, number>();
  let health: WorkerHealth | undefined;
  process.env['NODE_OPTIONS'] = `--import=${hook} --max-old-space-size=96`;
  process.env['TEST_FAULT_FILE'] = file;
  const pool = await WorkerPool.start(
    {
      count: options.count,
      host: '127.0.0.1',
      port: 0,
      settings: {
        debugHeaders: false,
        logLevel: 'silent',
        accessLogSample: 0,
        maxMemoryBytes: options.maxMemoryBytes ?? Number.POSITIVE_INFINITY,
      },
      onReport(report, reported) {
        health = reported;
        for (const [code, count] of Object.entries(report.failures))
          failures.set(code, (failures.get(code) ?? 0) + count);
      },
      onShadow: () => {},
      log: pino({ level: 'silent' }),
      clock: systemClock,
    },
    options.snapshot,
  );
  return {
    pool,
    failures,
    health: () => health,
    play(fault, pid) {
      writeFileSync(file, fault);
      process.kill(pid, 'SIGHUP');
    },
    async until(what, holds) {
      const deadline = performance.now() + 20_000;
      while (!(await holds())) {
        if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async [Symbol.asyncDispose]() {
      await pool.stop({ drainMs: 0, graceMs: 50 });
      rmSync(folder, { recursive: true });
    },
  };
}
