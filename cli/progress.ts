/** How far something is, for a terminal: one line that is written over. Elsewhere a plain line now and then. */
export interface Progress {
  /** `part`: 0 to 1, undefined: nobody knows; `text`: what else there is to say. */
  show(part: number | undefined, text: string): void;
  /** Takes the line away. */
  end(): void;
}

const plainEveryMs = 5000;
const barWidth = 24;

export function createProgress(
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>,
  now: () => number = () => performance.now(),
): Progress {
  if (!stream.isTTY) {
    let shownAt = now();
    return {
      show(part, text) {
        if (now() - shownAt < plainEveryMs) return;
        shownAt = now();
        stream.write(`${percentOf(part)}${text}\n`);
      },
      end() {},
    };
  }
  let shown = false;
  return {
    show(part, text) {
      const line = part === undefined ? text : `${barOf(part)} ${percentOf(part)}${text}`;
      // A longer line would wrap, and leave its beginning behind.
      const fitting = line.slice(0, Math.max((stream.columns || 80) - 1, 10));
      stream.write(`\r\x1b[2K${fitting}`);
      shown = true;
    },
    end() {
      if (shown) stream.write('\r\x1b[2K');
    },
  };
}

function barOf(part: number): string {
  const filled = Math.round(Math.min(Math.max(part, 0), 1) * barWidth);
  return `[${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}]`;
}

function percentOf(part: number | undefined): string {
  return part === undefined ? '' : `${Math.floor(part * 100)}%  `;
}

/** `0.8 s`, `8 s`, `2 min 5 s`, `3 h 20 min`. */
export function duration(ms: number): string {
  if (ms < 9_950) return `${Number((ms / 1000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
