import { resolve } from 'node:path';
import type { TokenRule } from '../routing/model.ts';
import type { Files } from './compile-upstream.ts';
import { type Path, quote, type Reading, type Report } from './problem.ts';
import type { UpstreamConfig } from './schema.ts';
import { isSecretVariable, secretPrefix } from './secret-variables.ts';
import type { Sound } from './sound.ts';

/** Lower case; `_` and `.` are read as `-`, as some servers do. */
export function readHeaderName(text: string): Reading<string> {
  const name = text.toLowerCase();
  if (!/^[a-z0-9!#$%&'*+^`|~-]{1,64}$/.test(name)) return { problem: `${quote(text)} is no header name` };
  if (name.startsWith('ficus-') || framing.has(name))
    return { problem: `${quote(text)} is set by Ficus itself` };
  return { value: name };
}

const framing: ReadonlySet<string> = new Set(['host', 'content-length', 'transfer-encoding', 'connection']);

const MAX_VALUE_CHARS = 8192;

/**
 * What copies to an upstream carry instead of the client's own. The files are read again whenever they change;
 * problems never quote what is in them, or in the environment.
 */
export function readTokens(
  configs: NonNullable<Sound<UpstreamConfig>['tokens']>,
  path: Path,
  files: Files,
  report: Report,
): TokenRule[] {
  const seen = new Set<string>();
  return configs.flatMap((config, index) => {
    const at = [...path, index];
    if (config?.header === undefined) return [];
    const header = readHeaderName(config.header);
    if ('problem' in header) report([...at, 'header'], header.problem);
    else if (seen.has(header.value)) report([...at, 'header'], `${quote(header.value)} is there twice`);
    else seen.add(header.value);
    const sources = (['file', 'map', 'env'] as const).filter((source) => config[source] !== undefined);
    const [name] = sources;
    if (name === undefined || sources.length > 1) {
      report(at, 'needs one of file, map and env');
      return [];
    }
    const from = config[name]!;
    const content =
      name === 'env'
        ? readEnvironment(files, from, [...at, name], report)
        : readSecret(files, from, [...at, name], report);
    if (content === undefined || 'problem' in header) return [];
    const read = name === 'map' ? readMapping(content) : readValue(content);
    if ('problem' in read) {
      report([...at, name], read.problem);
      return [];
    }
    return [{ header: header.value, ...read.value }];
  });
}

function readSecret(files: Files, name: string, path: Path, report: Report): string | undefined {
  const file = resolve(files.baseDir, name);
  try {
    return files.readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read';
    report(path, `${quote(file)} cannot be read: ${code}`);
    return undefined;
  }
}

/**
 * Only variables that are meant for this are read: a routes file must not send the database's password anywhere.
 * Undefined without a problem where the environment is not the proxy's, as for `ficus check`.
 */
function readEnvironment(files: Files, name: string, path: Path, report: Report): string | undefined {
  if (!isSecretVariable(name)) {
    report(path, `${quote(name)} must be a variable such as ${secretPrefix}CATALOG`);
    return undefined;
  }
  if (files.secrets === undefined) return undefined;
  const value = files.secrets[name];
  if (value === undefined) report(path, `${quote(name)} is not set in the environment of \`ficus up\``);
  return value;
}

function readValue(content: string): Reading<{ readonly value: string }> {
  const value = content.trim();
  return isFieldValue(value) ? { value: { value } } : { problem: 'has what is no value of a header' };
}

function readMapping(content: string): Reading<{ readonly values: Readonly<Record<string, string>> }> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch {
    return { problem: 'is no JSON' };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return { problem: 'must be one JSON object of texts' };
  const entries = Object.entries(parsed);
  const isSound = entries.every(([, to]) => typeof to === 'string' && isFieldValue(to));
  if (!isSound) return { problem: 'has what is no value of a header' };
  return { value: { values: Object.fromEntries(entries) as Record<string, string> } };
}

/** RFC 9110, 5.5; ASCII only. */
function isFieldValue(text: string): boolean {
  return (
    text.length > 0 &&
    text.length <= MAX_VALUE_CHARS &&
    /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/.test(text)
  );
}
