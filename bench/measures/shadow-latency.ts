import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BenchProcess, loadCore } from '../bench-process.ts';
import { watchCores } from '../busy-cores.ts';
import { offer, rawRequests } from '../clients/offer.ts';
import { startFicus } from '../contenders/ficus.ts';
import { freePort } from '../free-port.ts';
import { answers, sendRequest } from '../send-request.ts';
import { median } from '../summary.ts';
import { answerBody } from '../upstreams.ts';
import type { Finding, Setting } from './finding.ts';

/** What clients send a second, whatever becomes of it. */
const rate = 5000;

/** What the service does meanwhile; `off`: nothing is copied, `on`: it answers as the monolith does. */
const turns = ['off', 'on', 'hung', 'reset', 'slow'] as const;
type Turn = (typeof turns)[number];

interface Sample {
  readonly turn: Turn;
  readonly round: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
  /** Of all of Ficus' processes, over what it was before its first turn. */
  readonly grewMiB: number;
  readonly loadCoreBusy: number;
}

/** How long clients wait while every request is copied to a service that is well, hangs, resets or is slow. */
export async function shadowLatency({ options, estate }: Setting): Promise<Finding> {
  const requests = path.join(estate.folder, 'shadow-latency.json');
  await writeFile(requests, JSON.stringify(rawRequests()));
  const faultyPort = await freePort();
  const faulty = await BenchProcess.start({
    name: 'faulty',
    core: loadCore,
    command: [
      process.execPath,
      path.join(import.meta.dirname, '../servers/faulty.ts'),
      String(faultyPort),
      answerBody(),
    ],
    isUp: () => answers(faultyPort),
  });
  const running: { readonly port: number; readonly process: BenchProcess }[] = [];
  const start = async (name: string, shadowPercent: number, service: number) => {
    const upstreams = { ...estate.upstreams, service };
    const ficus = await startFicus({ ...estate, upstreams }, { name, shadowPercent, sharePercent: 0 });
    running.push(ficus);
    return ficus;
  };
  try {
    const off = await start('ficus-shadow-off', 0, estate.upstreams.service);
    const on = await start('ficus-shadow-on', 100, estate.upstreams.service);
    const harmed = await start('ficus-shadow-harmed', 100, faultyPort);
    const samples: Sample[] = [];
    const before = new Map<BenchProcess, number>();
    for (const { port, process } of running) {
      await offer(port, rate, options.warmUpSeconds, options.connections, requests);
      before.set(process, process.residentBytes());
    }
    for (let round = 1; round <= options.rounds; round++) {
      for (const turn of turns) {
        const { port, process } = turn === 'off' ? off : turn === 'on' ? on : harmed;
        if (process === harmed.process)
          await sendRequest(faultyPort, { method: 'GET', path: `/mode/${turn}`, headers: {} });
        const busySince = watchCores();
        const { p50Ms, p99Ms, errors } = await offer(
          port,
          rate,
          options.seconds,
          options.connections,
          requests,
        );
        const grewMiB = (process.residentBytes() - before.get(process)!) / 2 ** 20;
        samples.push({
          turn,
          round,
          p50Ms,
          p99Ms,
          errors,
          grewMiB,
          loadCoreBusy: busySince()[loadCore] ?? 0,
        });
        console.log(
          `round ${round}, shadow-latency, ${turn}: p99 ${p99Ms.toFixed(2)} ms at ${rate} requests/s`,
        );
      }
    }
    return summary(samples);
  } finally {
    for (const { process } of running) await process.stop();
    await faulty.stop();
  }
}

function summary(samples: readonly Sample[]): Finding {
  const values: Record<string, number> = {};
  const rows = turns.map((turn) => {
    const those = samples.filter((sample) => sample.turn === turn);
    const of = (value: (sample: Sample) => number) => median(those.map(value));
    const errors = those.reduce((sum, one) => sum + one.errors, 0);
    const grewMiB = Math.max(...those.map((one) => one.grewMiB));
    const p99Ms = of((one) => one.p99Ms);
    values[`${turn}: p99`] = p99Ms;
    values[`${turn}: errors`] = errors;
    values[`${turn}: MiB`] = grewMiB;
    return [
      turn,
      `${of((one) => one.p50Ms).toFixed(2)} ms`,
      `${p99Ms.toFixed(2)} ms`,
      grewMiB.toFixed(1),
      `${Math.round(100 * of((one) => one.loadCoreBusy))} %`,
      String(errors),
    ];
  });
  return {
    name: 'shadow-latency',
    title: `Latency of GET at ${rate.toLocaleString('en-US')} requests/s with the shadow at 100 %, by what the service does`,
    columns: ['the service', 'p50', 'p99', 'most MiB over the start', "load's core", 'errors'],
    rows,
    values,
    samples,
  };
}
