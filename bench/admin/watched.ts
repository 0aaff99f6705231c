import { spawnSync } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { loadCore } from '../bench-process.ts';
import { type LoadResult, runLoad } from '../load.ts';
import { median } from '../summary.ts';
import { firstPath } from './big-estate.ts';

export interface Watched {
  readonly browsers: number;
  /** Requests/s watched to unwatched, round by round: the median, and each. */
  readonly ratio: number;
  readonly ratios: readonly number[];
  readonly unwatched: readonly LoadResult[];
  readonly watched: readonly LoadResult[];
}

const browsers = 10;

/** The data plane as fast as it goes, in turn with nobody looking and with ten pages open, each on another screen. */
export async function timeWatched(options: {
  readonly browser: Browser;
  readonly admin: string;
  readonly port: number;
  readonly wrk: string;
  readonly folder: string;
  readonly paths: readonly string[];
  readonly migration: string;
  readonly rounds: number;
  readonly seconds: number;
}): Promise<Watched> {
  const { browser, admin, port, wrk, folder, paths, migration, rounds, seconds } = options;
  const load = { wrk, folder, connections: 64 };
  const scenario = {
    name: 'watched',
    title: 'GET on a migrated path',
    request: { method: 'GET', path: firstPath(migration), headers: {} },
  } as const;
  const unwatched: LoadResult[] = [];
  const watched: LoadResult[] = [];
  await runLoad(load, scenario, port, seconds);
  for (let round = 0; round < rounds; round++) {
    unwatched.push(await runLoad(load, scenario, port, seconds));
    const contexts = await Promise.all(
      Array.from({ length: browsers }, async (_, n) => {
        const context = await browser.newContext();
        const page = await context.newPage();
        await page.goto(admin + paths[n % paths.length]!);
        await page.locator('h1').first().waitFor();
        return context;
      }),
    );
    watched.push(await runLoad(load, scenario, port, seconds));
    for (const context of contexts) await context.close();
  }
  const ratios = watched.map((one, round) => one.requestsPerSecond / unwatched[round]!.requestsPerSecond);
  return { browsers, ratio: median(ratios), ratios, unwatched, watched };
}

/** The browsers' work is to take nothing from the proxy's core, and little from the load's. */
export function keepAside(pid: number): void {
  spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(loadCore), String(pid)]);
  spawnSync('renice', ['--priority', '19', '--pid', String(pid)]);
}
