import packageJson from '../package.json' with { type: 'json' };
import { createAdminClient } from './admin-client.ts';
import type { Command, Outcome } from './command.ts';
import { type CommandLine, parseCommandLine } from './command-line.ts';
import type { CommandEntry } from './commands.ts';
import { FailedError, UsageError } from './failures.ts';
import { findCommand } from './find-command.ts';
import { inertJson, inertText } from './inert.ts';
import type { Paint } from './paint.ts';

/** Done, refused or failed, wrong usage. */
type ExitStatus = 0 | 1 | 2;

/** What the command line finds around it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly userName: string;
  readonly width: number | undefined;
  paintFor(color: CommandLine['color']): Paint;
  printOut(line: string): void;
  printError(line: string): void;
}

const defaultAdminUrl = 'http://127.0.0.1:8081';

/** Runs one command; resolves to the exit status. */
export async function runCommandLine(args: readonly string[], around: Surroundings): Promise<ExitStatus> {
  const json = args.includes('--json');
  let command: Command | undefined;
  try {
    const [name = 'help', ...rest] = withNamedCommand(args);
    if (name === '--version') return report(version(), json, around);
    const entry = findCommand(name);
    command = await entry.load();
    return report(await run(entry, command, rest, around), json, around);
  } catch (error) {
    if (error instanceof UsageError) return reportWrongUsage(error, command, json, around);
    if (error instanceof FailedError) return reportFailed(error, json, around);
    throw error;
  }
}

/** Without a command, `--help`, `--version` and `--json` stand for themselves; other options follow one. */
function withNamedCommand(args: readonly string[]): readonly string[] {
  if (!args[0]?.startsWith('-')) return args;
  const foreign = args.find((arg) => !['--help', '-h', '--version', '--json'].includes(arg));
  if (foreign !== undefined) {
    throw new UsageError(`"${args[0]}" is no command: options follow one, as in \`ficus status --json\``);
  }
  return [args.includes('--version') ? '--version' : 'help', ...args.filter((arg) => arg === '--json')];
}

function version(): Outcome {
  return { json: { version: packageJson.version }, text: `ficus ${packageJson.version}` };
}

async function run(
  entry: CommandEntry,
  command: Command,
  args: readonly string[],
  around: Surroundings,
): Promise<Outcome> {
  const { json, help, color, operands, values, admin: url, revision } = parseCommandLine(command, args);
  const { env, userName, width } = around;
  if (help) return (await import('./commands/help.ts')).helpOf(entry, width);
  const admin = () =>
    createAdminClient({
      url: url ?? (env['FICUS_ADMIN_URL'] || defaultAdminUrl),
      origin: url === undefined ? 'FICUS_ADMIN_URL' : '--admin',
      token: env['FICUS_TOKEN'],
      actor: `cli:${userName.replace(/[^\w.@-]/g, '_')}`,
      revision,
    });
  return command.run({ operands, values, json, admin, paint: around.paintFor(color), width });
}

function report(
  { json: document, text, warnings = [], failures = [] }: Outcome,
  json: boolean,
  around: Surroundings,
): ExitStatus {
  if (json && document !== undefined) around.printOut(inertJson(document));
  else if (!json && text !== '') around.printOut(text);
  for (const warning of warnings) around.printError(`warning: ${inertText(warning)}`);
  for (const failure of failures) around.printError(`ficus: ${inertText(failure)}`);
  return failures.length > 0 ? 1 : 0;
}

function reportFailed(
  { message, document, reasons }: FailedError,
  json: boolean,
  around: Surroundings,
): ExitStatus {
  if (json) around.printOut(inertJson(document));
  around.printError(`ficus: ${inertText(message)}`);
  for (const reason of reasons) around.printError(`  - ${inertText(reason)}`);
  return 1;
}

function reportWrongUsage(
  error: UsageError,
  command: Command | undefined,
  json: boolean,
  around: Surroundings,
): ExitStatus {
  const usage = command ? `ficus ${command.usage}` : 'ficus COMMAND [options]';
  if (json) {
    const title = 'The command line is wrong';
    around.printOut(
      inertJson({
        type: 'urn:ficus:problem:wrong_usage',
        title,
        code: 'wrong_usage',
        detail: error.message,
        usage,
      }),
    );
  }
  around.printError(`ficus: ${inertText(error.message)}`);
  around.printError(`usage: ${usage}`);
  around.printError(`\`ficus help${command ? ` ${command.name}` : ''}\` says more`);
  return 2;
}
