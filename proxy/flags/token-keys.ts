import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import type { PublicJwk } from '../routing/identity.ts';
import type { RoutingModel } from '../routing/model.ts';
import { createTurns } from './in-turn.ts';

/** What is read of a key set: the keys, or what is wrong with it. */
export type ReadKeys = (
  value: unknown,
) => { readonly value: readonly PublicJwk[] } | { readonly problem: string };

export interface TokenKeysOptions {
  readonly dataDir: string;
  readonly model: () => RoutingModel;
  readonly readKeys: ReadKeys;
  readonly onChange: () => void;
  readonly log: Logger;
}

export interface TokenKeys {
  /** The last good ones of the URL that routes.yaml names now; none before the first, or for a file's. */
  current(): readonly PublicJwk[];
  /** Asks soon, for a URL that may be another. */
  refresh(): void;
  close(): void;
}

const retryMs = 5000;
const timeoutMs = 5000;
const maxBytes = 256 * 1024;

interface Kept {
  readonly url: string;
  readonly keys: readonly PublicJwk[];
}

/**
 * Keeps the keys of a JWKS URL fresh in the background. Traffic waits for none of it: before the first keys, tokens
 * give no claims, and after them the last good ones stay, also for a start while the server is away.
 */
export async function openTokenKeys(options: TokenKeysOptions): Promise<TokenKeys> {
  const { dataDir, model, readKeys, onChange, log } = options;
  const path = join(dataDir, 'token-keys.json');
  let kept = await readKept(path, readKeys, log);
  const inTurn = createTurns();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let trouble: string | undefined;

  function schedule(ms: number): void {
    clearTimeout(timer);
    if (isClosed) return;
    timer = setTimeout(() => void inTurn(look), ms);
    timer.unref();
  }

  function sourceNow(): { readonly url: string; readonly refreshSeconds: number } | undefined {
    const keys = model().jwt?.keys;
    return keys && 'url' in keys ? keys : undefined;
  }

  async function look(): Promise<void> {
    const source = sourceNow();
    if (!source) return;
    try {
      await take(source.url, await fetchKeys(source.url, readKeys));
      if (trouble !== undefined) log.info({ url: source.url }, 'keys of tokens can be read again');
      trouble = undefined;
      schedule(source.refreshSeconds * 1000);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (problem !== trouble)
        log.error({ url: source.url, problem }, 'keys of tokens not read, the last ones stay');
      trouble = problem;
      schedule(retryMs);
    }
  }

  async function take(url: string, keys: readonly PublicJwk[]): Promise<void> {
    const next = { url, keys };
    if (JSON.stringify(next) === JSON.stringify(kept)) return;
    kept = next;
    log.info({ url, keys: keys.length }, 'keys of tokens applied');
    onChange();
    await writeFileAtomically(path, `${JSON.stringify(next)}\n`).catch((error: unknown) =>
      log.error({ err: error, path }, 'keys of tokens not kept for the next start'),
    );
  }

  schedule(0);
  return {
    current: () => (kept && kept.url === sourceNow()?.url ? kept.keys : []),
    refresh: () => schedule(0),
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

async function fetchKeys(url: string, readKeys: ReadKeys): Promise<readonly PublicJwk[]> {
  // A redirect could lead to somebody else's keys.
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  const read = readKeys(JSON.parse(await boundedText(response)));
  if ('problem' in read) throw new Error(`it ${read.problem}`);
  return read.value;
}

/** Counted while it comes: what has no end must not be kept first. */
async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`it is over ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function readKept(path: string, readKeys: ReadKeys, log: Logger): Promise<Kept | undefined> {
  try {
    const { url, keys } = JSON.parse(await readFile(path, 'utf8')) as { url: string; keys: unknown };
    const read = readKeys({ keys });
    return 'value' in read ? { url: String(url), keys: read.value } : undefined;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isMissing) log.error({ err: error, path }, 'the kept keys of tokens are not used');
    return undefined;
  }
}
