import type { Command, Options } from './command.ts';

export const colorChoices = ['auto', 'always', 'never'] as const;

/** The command's own options, and those that it has like others: what is parsed, explained and completed. */
export function optionsOf(command: Command): Options {
  return {
    ...command.options,
    ...(command.moves && {
      revision: {
        type: 'string',
        value: 'N',
        text: 'as `ficus status ID` showed it: refused when somebody moved it since',
      },
    }),
    ...(command.asksAdmin && {
      admin: {
        type: 'string',
        value: 'URL',
        text: 'where Ficus answers (FICUS_ADMIN_URL, http://127.0.0.1:8081)',
      },
    }),
    color: {
      type: 'string',
      value: 'WHEN',
      choices: colorChoices,
      text: 'auto (on a terminal and without NO_COLOR), always, never',
    },
    json: { type: 'boolean', text: 'one JSON document on stdout, of errors too' },
    help: { type: 'boolean', text: 'this text' },
  };
}
