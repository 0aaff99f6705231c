import type { MigrationList } from '../../proxy/admin/api-types.ts';
import type { AdminClient } from '../admin-client.ts';
import { defineCommand } from '../command.ts';
import { commands } from '../commands.ts';
import { type CompletedCommand, completedCommand } from '../completion/completion-model.ts';
import { FailedError, UsageError } from '../failures.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

/** Somebody waits with a finger on the tab key. */
const askMs = 700;

export const completion = defineCommand({
  name: 'completion',
  usage: 'completion bash|zsh|fish | completion migrations',
  operands: [
    {
      name: 'SHELL',
      required: true,
      choices: [...shells, 'migrations'],
      text: 'bash, zsh or fish: a script for it; migrations: their names, which the scripts ask for',
    },
  ],
  options: {},
  asksAdmin: true,
  examples: [
    'ficus completion fish > ~/.config/fish/completions/ficus.fish',
    'source <(ficus completion bash)    # in ~/.bashrc',
    'source <(ficus completion zsh)     # in ~/.zshrc, after compinit',
  ],

  async run({ operands: [wanted = ''], admin }) {
    if (wanted === 'migrations') {
      const names = await migrationNames(admin());
      return { json: { migrations: names }, text: names.join('\n') };
    }
    const shell = shells.find((one) => one === wanted);
    if (shell === undefined) throw new UsageError(`completion knows ${shells.join(', ')}, not "${wanted}"`);
    const script = await scriptFor(shell, await completedCommands());
    return { json: { shell, script }, text: script };
  },
});

async function scriptFor(shell: (typeof shells)[number], all: readonly CompletedCommand[]): Promise<string> {
  switch (shell) {
    case 'bash':
      return (await import('../completion/bash-completion.ts')).bashCompletion(all);
    case 'zsh':
      return (await import('../completion/zsh-completion.ts')).zshCompletion(all);
    case 'fish':
      return (await import('../completion/fish-completion.ts')).fishCompletion(all);
  }
}

async function completedCommands(): Promise<readonly CompletedCommand[]> {
  const { topics } = await import('../help/topics.ts');
  const explained = [...commands, ...topics].map(({ name }) => name);
  return Promise.all(
    commands.map(async ({ name, summary, load }) => {
      const completed = completedCommand(await load(), summary);
      if (name !== 'help') return completed;
      const candidates = { kind: 'word', words: explained } as const;
      return { ...completed, operands: completed.operands.map((operand) => ({ ...operand, candidates })) };
    }),
  );
}

/** Silent: a shell that completes is no place for messages. A shell would run what stands in odd names. */
async function migrationNames(client: AdminClient): Promise<readonly string[]> {
  try {
    const { migrations } = await client.get<MigrationList>('/api/migrations', askMs);
    return migrations.map(({ id }) => id).filter((id) => /^[a-z][a-z0-9-]*$/.test(id));
  } catch (error) {
    if (error instanceof FailedError) return [];
    throw error;
  }
}
