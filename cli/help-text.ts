import type { Command } from './command.ts';

/** The list that `ficus` alone shows. */
export function commandList(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `Ficus moves a monolith's paths to new services, a few at a time, and back at once.

usage: ficus COMMAND [options]

${lines.join('\n')}

Every command takes --help, which has an example, and --json. Those that ask a running
Ficus take --admin URL (else FICUS_ADMIN_URL, else http://127.0.0.1:8081) and FICUS_TOKEN.
Exit status: 0 done, 1 refused or failed (the reasons on stderr), 2 wrong usage.`;
}

export function commandHelp(command: Command): string {
  const entries = [
    ...command.operands.map(({ name, text }) => [name, text]),
    ...Object.entries(command.options).map(([name, option]) => [
      option.type === 'boolean' ? `--${name}` : `--${name} ${option.value}`,
      option.text,
    ]),
    ...(command.moves
      ? [['--revision N', 'as `ficus status ID` showed it: refused when somebody moved it since']]
      : []),
    ...(command.asksAdmin
      ? [['--admin URL', 'where Ficus answers (FICUS_ADMIN_URL, http://127.0.0.1:8081)']]
      : []),
    ['--json', 'one JSON document on stdout, of errors too'],
    ['--help', 'this text'],
  ];
  const width = Math.max(...entries.map(([name = '']) => name.length));
  const lines = entries.map(([name = '', text]) => `  ${name.padEnd(width)}  ${text}`);
  const examples = command.examples.map((example) => `  ${example}`);
  return `usage: ficus ${command.usage}

${command.summary}

${lines.join('\n')}

example:
${examples.join('\n')}${command.notes ? `\n\n${command.notes.join('\n')}` : ''}`;
}
