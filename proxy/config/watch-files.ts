import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
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
  /** What each file looked like at the last look. One that is new counts as changed: it was read before. */
  let polled = new Map<string, string | undefined>(files.map((file) => [file, undefined]));
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

  function poll(paths: readonly string[]): void {
    polled = new Map(paths.map((path) => [path, polled.get(path)]));
  }

  async function lookAtFiles(): Promise<void> {
    let changed = false;
    for (const path of [...polled.keys()]) {
      const now = await looksOf(path);
      if (!polled.has(path) || polled.get(path) === now) continue;
      polled.set(path, now);
      changed = true;
    }
    if (closed) return;
    // Seen by polling: a folder may be another one than the one that is watched.
    if (changed) {
      watchDirectories();
      onChange();
    }
    nextLook = setTimeout(lookAtFiles, pollMs).unref();
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
  let nextLook = setTimeout(lookAtFiles, pollMs).unref();
  return {
    reload,
    poll,
    close() {
      closed = true;
      clearTimeout(settling?.timer);
      clearTimeout(nextLook);
      for (const watcher of directoryWatchers) watcher.close();
    },
  };
}

/** Whatever changes with a file's content, its place or its rights; of the file that a link points to. */
async function looksOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(path);
    return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
