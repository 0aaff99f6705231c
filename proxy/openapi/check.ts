import { readFile } from 'node:fs/promises';
import { breakingChanges } from './breaking-changes.ts';
import { type ApiDocument, readDocument } from './document.ts';

export interface CheckOutcome {
  readonly exitCode: 0 | 1 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

/** `ficus check --openapi OLD NEW`: what the newer description takes away from the older, one a line; 1 if anything. */
export async function checkDescriptions(
  older: string,
  newer: string,
  { json = false } = {},
): Promise<CheckOutcome> {
  const [before, now] = await Promise.all([read(older), read(newer)]);
  const problems = [before, now].flatMap((one) => ('problem' in one ? [one.problem] : []));
  if ('problem' in before || 'problem' in now) {
    const stdout = json ? jsonText({ ok: false, older, newer, problems }) : '';
    return { exitCode: 1, stdout, stderr: json ? '' : lines(problems) };
  }
  const breaking = breakingChanges(before, now);
  const exitCode = breaking.length === 0 ? 0 : 1;
  if (json) return { exitCode, stdout: jsonText({ ok: exitCode === 0, older, newer, breaking }), stderr: '' };
  if (exitCode === 0) return { exitCode, stdout: `${newer} breaks nothing of ${older}.\n`, stderr: '' };
  const told = breaking.map(({ rule, text }) => `${text} [${rule}]`);
  const count = `${breaking.length} breaking ${breaking.length === 1 ? 'change' : 'changes'} since ${older}; the rules: docs/openapi.md`;
  return { exitCode, stdout: '', stderr: lines([...told, '', count]) };
}

async function read(file: string): Promise<ApiDocument | { readonly problem: string }> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return { problem: `${file} ${code === 'ENOENT' ? 'does not exist' : `can't be read (${code})`}` };
  }
  const document = readDocument(text);
  return document.ok ? document.document : { problem: `${file} ${document.problem}` };
}

const jsonText = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
const lines = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join('');

if (import.meta.main) {
  const args = process.argv.slice(2);
  const [older, newer, ...others] = args.filter((arg) => arg !== '--json');
  const outcome =
    older === undefined || newer === undefined || others.length > 0
      ? { exitCode: 2, stdout: '', stderr: 'usage: node proxy/openapi/check.ts OLD NEW [--json]\n' }
      : await checkDescriptions(older, newer, { json: args.includes('--json') });
  process.stdout.write(outcome.stdout);
  process.stderr.write(outcome.stderr);
  process.exitCode = outcome.exitCode;
}
