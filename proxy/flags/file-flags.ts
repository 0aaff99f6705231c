import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import type { Clock } from '../telemetry/clock.ts';
import { emptyFeatureSet, type FeatureSet, readFeatureSet } from './feature-set.ts';
import { flagOf } from './flag-names.ts';
import {
  type Changed,
  FlagError,
  type FlagSource,
  type FlagStory,
  type KillChange,
  type ShareChange,
} from './flag-source.ts';
import { createTurns } from './in-turn.ts';
import { keepKill, killFlag, killFlagKept, killStrategy } from './kill-flag.ts';
import { shareProblem, shareStrategy } from './share.ts';

export interface FileFlagsOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** How soon an edit by hand is seen. */
  readonly pollMs?: number;
}

const maxBytes = 16 * 1024 * 1024;

/** A file as read: its text, and what that means. */
interface FlagFile {
  readonly text: string;
  readonly content: Content;
  readonly set: FeatureSet;
}

type Content = Record<string, unknown> & { readonly features: readonly Record<string, unknown>[] };

/**
 * Flags in `<dataDir>/flags.json`, for estates without an Unleash server. Edits by hand count within
 * `pollMs`; a broken or deleted file keeps the flags as they were last.
 */
export async function openFileFlags(options: FileFlagsOptions): Promise<FlagSource> {
  const { dataDir, clock, log, pollMs = 500 } = options;
  const path = join(dataDir, 'flags.json');
  const inTurn = createTurns();
  const listeners: (() => void)[] = [];
  let last: FlagFile | undefined;
  let isKillKept = false;
  /** As we wrote them last, by flag, as long as nobody else has written them since. */
  const ours = new Map<string, string>();
  let trouble: { readonly message: string; readonly since: string } | undefined;

  function apply(file: FlagFile): void {
    if (trouble) log.info({ path }, 'flags.json is good again');
    trouble = undefined;
    if (file.text === last?.text) return;
    const { set, kept } = last ? keepKill(file.set, last.set) : { set: file.set, kept: false };
    if (kept && !isKillKept) log.error({ path }, killFlagKept);
    isKillKept = kept;
    last = { ...file, set };
    for (const [name, text] of ours) if (flagText(set, name) !== text) ours.delete(name);
    log.info({ path, flags: set.features.length }, 'flags applied');
    for (const listener of listeners) listener();
  }

  async function load(): Promise<void> {
    const file = await readFlagFile(path);
    if ('content' in file) return apply(file);
    if (trouble?.message === file.problem) return;
    trouble = { message: file.problem, since: new Date(clock.now()).toISOString() };
    log.error({ path, problem: file.problem }, 'flags.json is refused, the last known flags stay');
  }

  async function setFlag(name: string, change: (content: Content) => Content): Promise<void> {
    const found = await readFlagFile(path);
    const base = 'content' in found ? found : found.missing && last;
    if (!base) throw new FlagError(`flags.json ${'problem' in found ? found.problem : ''}; mend it first`);
    const text = toText(change(base.content));
    try {
      await writeFileAtomically(path, text);
    } catch (error) {
      throw new FlagError(`${path} could not be written: ${messageOf(error)}`, { cause: error });
    }
    const file = parseFlagFile(text) as FlagFile;
    ours.set(name, flagText(file.set, name));
    apply(file);
  }

  async function setShare(change: ShareChange): Promise<void> {
    const problem = shareProblem(change.percent);
    if (problem !== undefined) throw new FlagError(problem);
    const { migrationId, which, percent, actor, reason } = change;
    await setFlag(flagOf(migrationId, which), (content) => withShare(content, change));
    log.info({ migration: migrationId, which, percent, actor, reason }, 'share set');
  }

  async function setKill(change: KillChange): Promise<void> {
    await setFlag(killFlag, (content) => withKill(content, change.on));
    log.warn({ flag: killFlag, ...change }, 'kill switch set');
  }

  async function storyOf(changed: Changed): Promise<FlagStory> {
    const flag = 'flag' in changed ? changed.flag : undefined;
    if (flag !== undefined && last && ours.get(flag) === flagText(last.set, flag)) return { own: true };
    try {
      const { uid, mtime } = await stat(path);
      const author = `whoever edited flags.json (its owner is user ${uid})`;
      return { own: false, author, at: mtime.toISOString(), events: [] };
    } catch (error) {
      return { own: false, author: `unknown (${messageOf(error)})`, events: [] };
    }
  }

  // Not by `watchFile`: what is written before its first look would be what it takes for unchanged.
  let seen = '';
  let lookedAt: number | undefined;
  async function look(): Promise<void> {
    const mark = await markOf(path);
    lookedAt = clock.monotonic();
    if (mark === seen) return;
    seen = mark;
    await load();
  }

  await createWhenMissing(path);
  const looking = setInterval(() => {
    inTurn(look).catch((error: unknown) => log.error({ err: error, path }, 'flags.json could not be loaded'));
  }, pollMs);
  looking.unref();
  await inTurn(load);
  return {
    current: () => last?.set ?? emptyFeatureSet,
    known: () => last !== undefined,
    onChange: (listener) => void listeners.push(listener),
    lastRun: () => undefined,
    setShare: (change) => inTurn(() => setShare(change)),
    setKill: (change) => inTurn(() => setKill(change)),
    storyOf,
    shareClaims() {},
    health() {
      if (trouble) {
        const detail = `flags.json ${trouble.message} (since ${trouble.since})`;
        return { source: 'file', up: false, detail };
      }
      return isKillKept ? { source: 'file', up: false, detail: killFlagKept } : { source: 'file', up: true };
    },
    ageMs: () => (lookedAt === undefined ? undefined : clock.monotonic() - lookedAt),
    async close() {
      clearInterval(looking);
      listeners.length = 0;
      await inTurn(async () => {});
    },
  };
}

/** Changes whenever the file is written or replaced. */
async function markOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch (error) {
    return messageOf(error);
  }
}

async function createWhenMissing(path: string): Promise<void> {
  const exists = await stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
  if (!exists) await writeFileAtomically(path, toText(emptyFeatureSet));
}

type ReadFlagFile = FlagFile | { readonly problem: string; readonly missing?: boolean };

async function readFlagFile(path: string): Promise<ReadFlagFile> {
  try {
    const { size } = await stat(path);
    if (size > maxBytes) return { problem: `is over ${maxBytes} bytes` };
    return parseFlagFile(await readFile(path, 'utf8'));
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return missing ? { problem: 'is missing', missing } : { problem: `cannot be read: ${messageOf(error)}` };
  }
}

function parseFlagFile(text: string): ReadFlagFile {
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    return { problem: `is not JSON: ${messageOf(error)}` };
  }
  const read = readFeatureSet(content);
  if (!read.ok) return { problem: `is not right: ${read.problems.join('; ')}` };
  return { text, content: content as Content, set: read.set };
}

/** Ours are a flag's strategies and whether it is on; everything else in the file stays as it is. */
function withShare(content: Content, { migrationId, which, percent }: ShareChange): Content {
  const strategies = [shareStrategy(migrationId, which, percent)];
  return withFlag(content, flagOf(migrationId, which), { enabled: percent > 0, strategies });
}

function withKill(content: Content, on: boolean): Content {
  return withFlag(content, killFlag, { enabled: on, strategies: [killStrategy] });
}

/** Turning a flag off leaves what it asks of whom as it is. */
function withFlag(
  content: Content,
  name: string,
  owned: { enabled: boolean; strategies: object[] },
): Content {
  const exists = content.features.some((feature) => feature['name'] === name);
  const change = !owned.enabled && exists ? { enabled: false } : owned;
  const features = exists
    ? content.features.map((feature) => (feature['name'] === name ? { ...feature, ...change } : feature))
    : [...content.features, { name, type: 'release', ...owned }];
  return { ...content, features };
}

const flagText = ({ features }: FeatureSet, flag: string): string =>
  JSON.stringify(features.find(({ name }) => name === flag) ?? null);

const toText = (content: object) => `${JSON.stringify(content, null, 2)}\n`;
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
