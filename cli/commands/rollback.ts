import type { MoveDone, ReasonOrder } from '../../proxy/admin/api-types.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failures.ts';
import { migrationOperand, migrationPath } from './migration-operand.ts';
import { moveOutcome } from './move-outcome.ts';

export const rollback = defineCommand({
  name: 'rollback',
  usage: 'rollback ID --reason TEXT',
  operands: [migrationOperand],
  options: { reason: { type: 'string', value: 'TEXT', text: 'for the audit, and for whoever tries again' } },
  asksAdmin: true,
  examples: ['ficus rollback catalog --reason "prices are rounded down"'],

  async run({ operands: [id = ''], values: { reason = '' }, admin }) {
    if (reason.trim() === '')
      throw new UsageError('rollback needs --reason, such as --reason "prices are off"');
    const order: ReasonOrder = { reason };
    return moveOutcome(await admin().post<MoveDone>(migrationPath(id, '/rollback'), order));
  },
});
