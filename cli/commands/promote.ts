import type { MoveDone, PromoteOrder } from '../../proxy/admin/api-types.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failures.ts';
import { parsePercent } from '../percent-option.ts';
import { migrationOperand, migrationPath } from './migration-operand.ts';
import { moveOutcome } from './move-outcome.ts';

export const promote = defineCommand({
  name: 'promote',
  summary: 'One step forward, or to a share; refused unless the gate allows it',
  usage: 'promote ID [--to SHARE] [--reason TEXT]',
  operands: [migrationOperand],
  options: {
    to: { type: 'string', value: 'SHARE', text: 'of the users, such as 25%; without it, the next step' },
    reason: { type: 'string', value: 'TEXT', text: 'for the audit' },
  },
  asksAdmin: true,
  moves: true,
  examples: ['ficus promote catalog --to 25% --reason "a day without a new difference"'],

  async run({ operands: [id = ''], values: { to, reason }, admin }) {
    const percent = to === undefined ? undefined : parsePercent('to', to);
    if (percent === 0) throw new UsageError('--to 0% is no promotion: use `ficus rollback ID --reason TEXT`');
    const order: PromoteOrder = { ...(percent && { to: percent }), ...(reason && { reason }) };
    return moveOutcome(await admin().post<MoveDone>(migrationPath(id, '/promote'), order));
  },
});
