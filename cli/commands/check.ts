import { defineCommand } from '../command.ts';
import { UsageError } from '../failures.ts';
import { becomeProgram } from '../pinned-node.ts';

const checker = new URL('../../proxy/config/check.ts', import.meta.url);

export const check = defineCommand({
  name: 'check',
  summary: 'Validate a routes file: every problem with its place',
  usage: 'check [FILE | --config FILE]',
  operands: [{ name: 'FILE', required: false, text: 'the routes file (routes.yaml)' }],
  options: { config: { type: 'string', value: 'FILE', text: 'the same' } },
  asksAdmin: false,
  examples: ['ficus check --config routes.yaml'],

  async run({ operands: [operand], values: { config }, json }) {
    if (operand !== undefined && config !== undefined)
      throw new UsageError('FILE and --config are the same: give one');
    const file = operand ?? config ?? 'routes.yaml';
    if (file === '') throw new UsageError('the name of the routes file is empty');
    return becomeProgram(checker, [file, ...(json ? ['--json'] : [])]);
  },
});
