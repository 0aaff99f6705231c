/** Where Ficus' worker spends its time in one scenario: its functions with the most time of their own. */
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startFicus } from './contenders/ficus.ts';
import { selfTimes } from './cpu-profile.ts';
import { runLoad } from './load.ts';
import { findPrograms } from './programs.ts';
import { scenarios } from './scenarios.ts';
import { startUpstreams } from './upstreams.ts';

const usage = `npm run profile -- [options]
  --scenario NAME   ${scenarios.map(({ name }) => name).join(', ')} (get)
  --seconds N       of load that count, after three that don't (5)
  --connections N   kept alive by the load (64)
  --shadow N        percent of the requests copied (0)
  --top N           functions to print (40)
  --keep            leave the profile, for Chrome's or speedscope's eyes`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: 'get' },
      seconds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '64' },
      shadow: { type: 'string', default: '0' },
      top: { type: 'string', default: '40' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const scenario = scenarios.find(({ name }) => name === values.scenario);
  if (values.help || !scenario) {
    console.log(usage);
    return;
  }
  const programs = findPrograms();
  const folder = await mkdtemp(path.join(tmpdir(), 'ficus-profile-'));
  await chmod(folder, 0o711);
  const upstreams = await startUpstreams(programs.nginx, folder);
  try {
    // Every process of Ficus writes a profile when it ends; the worker's is found by what is in it.
    const ficus = await startFicus(
      { upstreams, folder },
      {
        name: 'ficus',
        shadowPercent: Number(values.shadow),
        // Not through the CLI: a process that becomes another one keeps the profiler's timer, which kills it.
        program: [process.execPath, path.resolve(import.meta.dirname, '../proxy/main.ts')],
        env: { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}` },
      },
    );
    const load = { wrk: programs.wrk, connections: Number(values.connections), folder };
    let from = 0;
    let to = 0;
    try {
      await runLoad(load, scenario, ficus.port, 3);
      from = monotonicUs();
      const cpuBefore = ficus.process.cpuSeconds();
      const result = await runLoad(load, scenario, ficus.port, Number(values.seconds));
      to = monotonicUs();
      const cpuUs = (1e6 * (ficus.process.cpuSeconds() - cpuBefore)) / result.requests;
      console.log(
        `${Math.round(result.requestsPerSecond)} requests/s while profiled, ${cpuUs.toFixed(1)} µs of CPU each, ${result.errors} errors`,
      );
    } finally {
      await ficus.process.stop();
    }
    const profile = await workerProfile(folder);
    console.log(selfTimes(profile.text, { from, to, top: Number(values.top) }));
    if (values.keep) console.log(`The worker's profile: ${profile.file}`);
  } finally {
    await upstreams.stop();
    if (!values.keep) await rm(folder, { recursive: true, force: true });
  }
}

/** The clock that V8 stamps its samples with. */
const monotonicUs = () => Number(process.hrtime.bigint() / 1000n);

async function workerProfile(folder: string): Promise<{ file: string; text: string }> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile'));
  for (const name of names) {
    const file = path.join(folder, name);
    const text = await readFile(file, 'utf8');
    if (text.includes('/proxy/data-plane/worker.ts"')) return { file, text };
  }
  throw new Error(`no profile of a worker among ${names.length}: it did not end by itself`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
