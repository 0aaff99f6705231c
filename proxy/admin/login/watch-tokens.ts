import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { type WatchTiming, watchFiles } from '../../config/watch-files.ts';
import { type KnownToken, readTokenFile, TokenFileError } from './token-file.ts';

export interface TokensWatcher {
  /** Of the last good file. */
  current(): readonly KnownToken[];
  close(): void;
}

/**
 * Reads a tokens file, and again whenever it changes. Rejects when the first one can't be taken; later a bad
 * one leaves the tokens before it in force. A token taken out of the file is of no use from the next request on.
 */
export async function watchTokens(
  options: WatchTiming & { readonly file: string; readonly log: Logger },
): Promise<TokensWatcher> {
  const { file, log } = options;
  let current = await readTokens(file);
  let problem: string | undefined;
  const watcher = watchFiles({
    ...options,
    files: [file],
    async load() {
      try {
        current = await readTokens(file);
        if (problem !== undefined) log.info({ tokens: current.length }, 'tokens file applied');
        problem = undefined;
      } catch (error) {
        const { message } = error as Error;
        if (message !== problem) log.error({ problem: message }, 'tokens file refused, the last one stays');
        problem = message;
      }
    },
  });
  return { current: () => current, close: () => watcher.close() };
}

async function readTokens(file: string): Promise<readonly KnownToken[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new TokenFileError(file, [
      error.code === 'ENOENT' ? 'there is no such file' : `it can't be read (${error.code})`,
    ]);
  });
  return readTokenFile(file, text);
}
