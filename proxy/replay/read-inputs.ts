import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { ReplayError } from './replay-error.ts';

/** `‹redacted:1a2b3c4d›` or the eight digits alone, each with what to send in its place. No message quotes the file. */
export async function readSecrets(file: string | undefined): Promise<ReadonlyMap<string, string>> {
  if (file === undefined) return new Map();
  const text = await read(file);
  const document = parseDocument(text, { schema: 'failsafe', prettyErrors: false });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const line = text.slice(0, problem.pos[0]).split('\n').length;
    throw new ReplayError(
      `${file}:${line} is no YAML (${problem.code}); every line must be like "1a2b3c4d: what to send"`,
    );
  }
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const secrets = entries.map(([key, secret], index): [string, string] => {
    const digits = /^(?:‹redacted:)?([0-9a-f]{8})›?$/.exec(key)?.[1];
    if (digits === undefined || typeof secret !== 'string') {
      throw new ReplayError(
        `${file}: every line must be like "1a2b3c4d: what to send"; entry ${index + 1} is not`,
      );
    }
    return [`‹redacted:${digits}›`, secret];
  });
  if (secrets.length === 0) throw new ReplayError(`${file} has no line such as "1a2b3c4d: what to send"`);
  return new Map(secrets);
}

/** Without the recording's key one of our own: within this replay equal secrets still look equal. */
export async function readKey(file: string | undefined): Promise<Uint8Array> {
  if (file === undefined) return randomBytes(32);
  const key = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new ReplayError(`${file} can't be read: ${error.code}`);
  });
  if (key.length !== 32) throw new ReplayError(`${file} is no redaction key of 32 bytes`);
  return key;
}

/** Signatures of an earlier report. */
export async function readKnown(file: string | undefined): Promise<ReadonlySet<string>> {
  if (file === undefined) return new Set();
  const list = signaturesIn(await read(file));
  if (!Array.isArray(list))
    throw new ReplayError(`${file} is no report of \`ficus replay --json\` or \`ficus diffs --json\``);
  return new Set(list.map((one: { signature?: unknown } | null) => String(one?.signature)));
}

function signaturesIn(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'signatures' in value
      ? value.signatures
      : undefined;
  } catch {
    return undefined;
  }
}

async function read(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ReplayError(`${file} can't be read: ${error.code}`);
  });
}
