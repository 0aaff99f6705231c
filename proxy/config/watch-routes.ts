import { type FSWatcher, type StatsListener, unwatchFile, watch, watchFile } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Logger } from 'pino';
import type { RoutingModel } from '../routing/model.ts';
import { loadRoutes } from './load-routes.ts';
import { formatProblem, type Problem } from './problem.ts';

export interface WatchOptions {
  readonly file: string;
  /** A model that differs from the one before it. */
  readonly onModel: (model: RoutingModel, warnings: readonly Problem[]) => void;
  /** Why the file is refused; the last model stays. Empty when a refused file is good again. */
  readonly onProblems: (problems: readonly Problem[]) => void;
  readonly log: Logger;
  /** How long the file must be left alone before it is read. */
  readonly settleMs?: number;
  /** When it is read although it is still being written to. */
  readonly maxSettleMs?: number;
  /** How often it is looked at when the kernel says nothing. */
  readonly pollMs?: number;
}

export interface RoutesWatcher {
  /** The last good one; undefined when there was none yet. */
  current(): RoutingModel | undefined;
  /** What is wrong with the file as it is now. */
  problems(): readonly Problem[];
  /** How often a file was refused, each kind of wrong once in a row. */
  refusals(): number;
  close(): void;
}

/**
 * Loads routes.yaml and then again whenever it, or a certificate that it names, changes: by rename, in
 * place, by a ConfigMap's swap of `..data`, by deletion. Resolves after the first load, good or bad.
 */
export async function watchRoutes(options: WatchOptions): Promise<RoutesWatcher> {
  const { log, settleMs = 50, maxSettleMs = 1000, pollMs = 1000 } = options;
  const file = resolve(options.file);
  let model: RoutingModel | undefined;
  let problems: readonly Problem[] = [];
  let directoryWatcher: FSWatcher | undefined;
  let polled = new Set<string>();
  let settling: { timer: NodeJS.Timeout; until: number } | undefined;
  let loading: Promise<void> | undefined;
  let refusals = 0;
  let changedMeanwhile = false;
  let closed = false;

  async function load(): Promise<void> {
    const { parsed, otherFiles } = await loadRoutes(options.file);
    if (closed) return;
    poll([file, ...otherFiles]);
    if (!parsed.ok) refuse(parsed.problems);
    else accept(parsed.model, parsed.warnings);
  }

  function accept(next: RoutingModel, warnings: readonly Problem[]): void {
    if (problems.length > 0) {
      problems = [];
      options.onProblems(problems);
    }
    if (JSON.stringify(next) === JSON.stringify(model)) return;
    model = next;
    for (const warning of warnings) log.warn({ file }, formatProblem(warning));
    log.info({ file, hash: model.hash }, 'routes applied');
    options.onModel(model, warnings);
  }

  function refuse(next: readonly Problem[]): void {
    if (JSON.stringify(next) === JSON.stringify(problems)) return;
    problems = next;
    refusals++;
    for (const problem of problems) log.error({ file }, formatProblem(problem));
    log.error(
      { file, hash: model?.hash, problems: problems.length },
      'routes refused, the last good ones stay',
    );
    options.onProblems(problems);
  }

  /** One load at a time; a change while it runs makes it run once more. */
  function reload(): Promise<void> {
    settling = undefined;
    if (loading) {
      changedMeanwhile = true;
      return loading;
    }
    changedMeanwhile = false;
    loading = load()
      .catch((error: unknown) => log.error({ err: error, file }, 'routes could not be loaded'))
      .finally(() => {
        loading = undefined;
        if (changedMeanwhile && !closed) void reload();
      });
    return loading;
  }

  function onChange(): void {
    if (closed) return;
    const now = performance.now();
    const until = settling?.until ?? now + maxSettleMs;
    clearTimeout(settling?.timer);
    settling = { until, timer: setTimeout(reload, Math.min(settleMs, Math.max(0, until - now))) };
  }

  const onStatChange: StatsListener = () => {
    // Seen by polling: the directory may be another one than the one that is watched.
    watchDirectory();
    onChange();
  };

  function poll(paths: readonly string[]): void {
    const wanted = new Set(paths);
    for (const path of polled) if (!wanted.has(path)) unwatchFile(path, onStatChange);
    for (const path of wanted) {
      if (!polled.has(path)) watchFile(path, { interval: pollMs, persistent: false }, onStatChange);
    }
    polled = wanted;
  }

  function watchDirectory(): void {
    directoryWatcher?.close();
    directoryWatcher = undefined;
    try {
      const watcher = watch(dirname(file), { persistent: false }, (_event, name) => {
        // Kubelet swaps `..data`; everything else in the directory is somebody else's.
        if (name === null || name === basename(file) || name.startsWith('..')) onChange();
      });
      watcher.on('error', () => watcher.close());
      directoryWatcher = watcher;
    } catch {
      // No such directory, or no inotify watches left: polling goes on.
    }
  }

  watchDirectory();
  poll([file]);
  await reload();
  return {
    current: () => model,
    problems: () => problems,
    refusals: () => refusals,
    close() {
      closed = true;
      clearTimeout(settling?.timer);
      directoryWatcher?.close();
      poll([]);
    },
  };
}
