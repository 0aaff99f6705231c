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

/** What the command line shows, as the admin API has it: asked often, a process for each answer would be the load. */
export async function readFicus<T>(adminUrl: string, path: string): Promise<T> {
  const response = await fetch(`${adminUrl}/api/migrations/${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
