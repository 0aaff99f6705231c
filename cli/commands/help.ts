import { type Command, defineCommand } from '../command.ts';
import { nearestOf } from '../did-you-mean.ts';
import { UsageError } from '../failures.ts';
import { commandHelp, commandList } from '../help-text.ts';

/** The command that explains `others`, and itself. */
export function helpFor(others: readonly Command[]): Command {
  const help: Command = defineCommand({
    name: 'help',
    summary: 'This list, or one command with an example',
    usage: 'help [COMMAND]',
    operands: [{ name: 'COMMAND', required: false, text: 'one of the list' }],
    options: {},
    asksAdmin: false,
    examples: ['ficus help promote'],

    async run({ operands: [name] }) {
      const commands = [...others, help];
      if (name === undefined) return { json: commands.map(describe), text: commandList(commands) };
      const command = findCommand(commands, name);
      return { json: describe(command), text: commandHelp(command) };
    },
  });
  return help;
}

export function findCommand(commands: readonly Command[], name: string): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command) return command;
  const nearest = nearestOf(
    name,
    commands.map((candidate) => candidate.name),
  );
  const hint = nearest === undefined ? '`ficus help` lists what there is' : `did you mean "${nearest}"?`;
  throw new UsageError(`there is no command "${name}"; ${hint}`);
}

function describe({ name, summary, usage, operands, options, examples }: Command) {
  return { name, summary, usage: `ficus ${usage}`, operands, options, examples };
}
