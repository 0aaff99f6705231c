import type { ForceGranted, ForceOrder } from '../../proxy/admin/api-types.ts';
import { parseDuration } from '../amount-options.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failures.ts';
import { localTime } from '../format.ts';
import { inert } from '../inert.ts';
import { migrationOperand, migrationPath } from './migration-operand.ts';

const sides = ['service', 'monolith'] as const;

export const force = defineCommand({
  name: 'force',
  usage: 'force ID --side service|monolith --reason TEXT [--for 8h]',
  operands: [migrationOperand],
  options: {
    side: { type: 'string', value: 'SIDE', choices: sides, text: 'service or monolith' },
    for: { type: 'string', value: 'TIME', text: 'such as 30m, 8h (the default), at most 7d' },
    reason: { type: 'string', value: 'TEXT', text: 'for the audit' },
  },
  asksAdmin: true,
  examples: ['ficus force catalog --side service --for 8h --reason "regression test of prices"'],

  async run({ operands: [id = ''], values: { side, for: time = '8h', reason = '' }, admin }) {
    if (side === undefined) throw new UsageError('force needs --side service or --side monolith');
    if (reason.trim() === '') throw new UsageError('force needs --reason, such as --reason "testing prices"');
    const minutes = Math.ceil(parseDuration('for', time, '1m', '7d') / 60);
    const order: ForceOrder = { side, minutes, reason };
    const granted = await admin().post<ForceGranted>(migrationPath(id, '/force'), order);
    const { header, value, until } = inert(granted);
    return {
      json: granted,
      text: `${header}: ${value}`,
      warnings: [`It counts until ${localTime(until)}, for whoever has it: treat it as a password.`],
    };
  },
});
