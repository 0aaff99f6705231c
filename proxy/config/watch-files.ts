import { type FSWatcher, type StatsListener, unwatchFile, watch, watchFile } from 'node:fs';
import { basename, dirname } from 'node:path';

export interface WatchTiming {
  /** How long the files must be left alone before they are read. */
  readonly settleMs?: number;
  /** When they are read although they are still being written to. */
  readonly maxSettleMs?: number;
  /** How often they are looked at when the kernel says nothing. */
  readonly pollMs?: number;
}

export interface WatchFilesOptions extends WatchTiming {
  /** Absolute paths whose folders are watched. */
  readonly files: readonly string[];
  /** Reads them; never called while it runs. What it throws is its own to catch. */
  readonly load: () => Promise<void>;
}

export interface FilesWatcher {
  /** Loads now, or once more if it is loading. */
  reload(): Promise<void>;
  /** All the files that are looked at in turn, from now on. */
  poll(paths: readonly string[]): void;
  close(): void;
}

/**
 * Calls `load` whenever one of the files changes: by rename, in place, by the swap of `..data` that Kubernetes
 * makes for a ConfigMap or Secret, by deletion. The first load is the caller's to ask for.
 */
export function watchFiles(options: WatchFilesOptions): FilesWatcher {
  const { files, settleMs = 50, maxSettleMs = 1000, pollMs = 1000 } = options;
  const names = new Set(files.map((file) => basename(file)));
  let directoryWatchers: FSWatcher[] = [];
  let polled = new Set<string>();
  let settling: { timer: NodeJS.Timeout; until: number } | undefined;
  let loading: Promise<void> | undefined;
  let changedMeanwhile = false;
  let closed = false;

  /** One load at a time; a change while it runs makes it run once more. */
  function reload(): Promise<void> {
    settling = undefined;
    if (loading) {
      changedMeanwhile = true;
      return loading;
    }
    changedMeanwhile = false;
    loading = options.load().finally(() => {
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
    // Seen by polling: a folder may be another one than the one that is watched.
    watchDirectories();
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

  function watchDirectories(): void {
    for (const watcher of directoryWatchers) watcher.close();
    directoryWatchers = [...new Set(files.map((file) => dirname(file)))].flatMap(watchDirectory);
  }

  function watchDirectory(directory: string): FSWatcher[] {
    try {
      const watcher = watch(directory, { persistent: false }, (_event, name) => {
        // Kubelet swaps `..data`; everything else in the folder is somebody else's.
        if (name === null || names.has(name) || name.startsWith('..')) onChange();
      });
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      // No such folder, or no inotify watches left: polling goes on.
      return [];
    }
  }

  watchDirectories();
  poll(files);
  return {
    reload,
    poll,
    close() {
      closed = true;
      clearTimeout(settling?.timer);
      for (const watcher of directoryWatchers) watcher.close();
      poll([]);
    },
  };
}
