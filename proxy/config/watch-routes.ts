import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { RoutingModel } from '../routing/model.ts';
import type { Secrets } from './compile-upstream.ts';
import { loadRoutes } from './load-routes.ts';
import { formatProblem, type Problem } from './problem.ts';
import { type WatchTiming, watchFiles } from './watch-files.ts';

export interface WatchOptions extends WatchTiming {
  readonly file: string;
  /** What it may take from the environment. */
  readonly secrets?: Secrets | undefined;
  /** A model that differs from the one before it. */
  readonly onModel: (model: RoutingModel, warnings: readonly Problem[]) => void;
  /** Why the file is refused; the last model stays. Empty when a refused file is good again. */
  readonly onProblems: (problems: readonly Problem[]) => void;
  readonly log: Logger;
}

export interface RoutesWatcher {
  /** The last good one; undefined when there was none yet. */
  current(): RoutingModel | undefined;
  /** What is wrong with the file as it is now. */
  problems(): readonly Problem[];
  /** The file as it was refused, while it is; undefined when it could not be read. */
  refusedText(): string | undefined;
  /** How often a file was refused, each kind of wrong once in a row. */
  refusals(): number;
  close(): void;
}

/**
 * Loads routes.yaml and then again whenever it, or a certificate that it names, changes: by rename, in
 * place, by a ConfigMap's swap of `..data`, by deletion. Resolves after the first load, good or bad.
 */
export async function watchRoutes(options: WatchOptions): Promise<RoutesWatcher> {
  const { log } = options;
  const file = resolve(options.file);
  let model: RoutingModel | undefined;
  let problems: readonly Problem[] = [];
  let refusedText: string | undefined;
  let refusals = 0;
  let closed = false;

  async function load(): Promise<void> {
    const { parsed, otherFiles, text } = await loadRoutes(options.file, options.secrets);
    if (closed) return;
    watcher.poll([file, ...otherFiles]);
    refusedText = parsed.ok ? undefined : text;
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
      model ? 'routes refused, the last good ones stay' : 'routes refused, and there are none to go by yet',
    );
    options.onProblems(problems);
  }

  const watcher = watchFiles({
    ...options,
    files: [file],
    load: () =>
      load().catch((error: unknown) => log.error({ err: error, file }, 'routes could not be loaded')),
  });
  await watcher.reload();
  return {
    current: () => model,
    problems: () => problems,
    refusedText: () => refusedText,
    refusals: () => refusals,
    close() {
      closed = true;
      watcher.close();
    },
  };
}
