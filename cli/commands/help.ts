import packageJson from '../../package.json' with { type: 'json' };
import { type Command, defineCommand, type Outcome } from '../command.ts';
import { type CommandEntry, commandGroups, commands } from '../commands.ts';
import { UsageError } from '../failures.ts';
import { nothingCalled } from '../find-command.ts';

export const help: Command = defineCommand({
  name: 'help',
  usage: 'help [COMMAND | TOPIC] | help --man',
  operands: [
    {
      name: 'COMMAND|TOPIC',
      required: false,
      repeated: true,
      text: 'a command or topic of the list; several words are one topic',
    },
  ],
  options: { man: { type: 'boolean', text: 'all of it as a man page: ficus help --man | man -l -' } },
  asksAdmin: false,
  examples: ['ficus help promote', 'ficus help on-call', 'ficus help exit codes'],

  async run({ operands, values: { man = false }, json, width }) {
    const words = operands.filter((word) => word !== undefined);
    if (man) {
      if (words.length > 0) throw new UsageError('--man is about everything: leave the other words out');
      return manual();
    }
    const { topics } = await import('../help/topics.ts');
    const { commandList, topicText } = await import('../help/help-text.ts');
    if (words.length === 0)
      return { json: json && (await describeAll()), text: commandList(commandGroups, topics) };
    const name = words.join('-');
    const entry = commands.find((one) => one.name === name);
    if (entry) return helpOf(entry, width);
    const topic = topics.find((one) => one.name === name || one.also?.includes(name.toLowerCase()));
    if (topic) return { json: topic, text: topicText(topic, width) };
    throw nothingCalled('command or topic', words.join(' '), [
      ...commands.map((one) => one.name),
      ...topics.map((one) => one.name),
    ]);
  },
});

/** One command, with its example. */
export async function helpOf(entry: CommandEntry, width: number | undefined): Promise<Outcome> {
  const [command, { commandHelp }] = await Promise.all([entry.load(), import('../help/help-text.ts')]);
  return { json: describe(entry, command), text: commandHelp(command, entry.summary, width) };
}

async function manual(): Promise<Outcome> {
  const [{ manPage }, { topics }, all] = await Promise.all([
    import('../help/man-page.ts'),
    import('../help/topics.ts'),
    Promise.all(commands.map(async (entry) => ({ ...entry, command: await entry.load() }))),
  ]);
  const page = manPage({ version: packageJson.version, commands: all, topics });
  return { json: { page }, text: page.trimEnd() };
}

async function describeAll() {
  return Promise.all(commands.map(async (entry) => describe(entry, await entry.load())));
}

function describe({ name, summary }: CommandEntry, { usage, operands, options, examples }: Command) {
  return { name, summary, usage: `ficus ${usage}`, operands, options, examples };
}
