import { spawn } from 'node:child_process';
import path from 'node:path';

const program = path.resolve(import.meta.dirname, '../../bin/ficus');

export interface CommandResult {
  readonly exitCode: number;
  readonly output: string;
}

/** Runs the CLI as a person would. */
export function runFicus(adminUrl: string, args: readonly string[]): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, FICUS_ADMIN_URL: adminUrl },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        output += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ exitCode: code ?? 1, output: output.trimEnd() }));
  });
}

/** The same as data. */
export async function readFicus<T>(adminUrl: string, args: readonly string[]): Promise<T> {
  const { output } = await runFicus(adminUrl, [...args, '--json']);
  return JSON.parse(output) as T;
}
