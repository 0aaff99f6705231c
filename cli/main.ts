import { userInfo } from 'node:os';
import { createPaint } from './paint.ts';
import { runCommandLine } from './run-command-line.ts';

const { stdout, stderr, env } = process;

// A reader that has seen enough, such as `ficus audit | head`, closes the pipe: that is no failure.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

void runCommandLine(process.argv.slice(2), {
  env,
  userName: userName(),
  width: columnsOf(stdout.columns) ?? columnsOf(env['COLUMNS']),
  paintFor: (color) => createPaint(stdout, color),
  printOut: (line) => stdout.write(`${line}\n`),
  printError: (line) => stderr.write(`${line}\n`),
}).then((status) => {
  process.exitCode = status;
});

/** A container may run under a number that no user has: then there is no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.()}`;
  }
}

/** A terminal that does not know its size, such as one made for a script, says 0. */
function columnsOf(size: number | string | undefined): number | undefined {
  const columns = Number(size);
  return Number.isInteger(columns) && columns > 0 ? columns : undefined;
}
